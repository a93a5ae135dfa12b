import type { System } from "@ci-fix-pilot/contract/system-view"

/** One command's queue: unanswered in the ledger (null: the database cannot say), in the broker's stream not yet taken, taken and being worked on. `oldestMs`: how long ago the oldest was due, 0 if that is still to come; null: nothing is open. */
export interface Queue {
  readonly command: string
  readonly open: number | null
  readonly oldestMs: number | null
  readonly waiting: number
  readonly working: number
}

/** `memory.recall` -> `memory-recall`, as its durable is called. */
const durableOf = (command: string) => command.replace(".", "-")

/**
 * All queues of commands by name. A durable that nothing is open for has its command's name too: the first dash parts service and verb, and
 * the names of services have none.
 */
export const queuesOf = ({ bus, backlog }: System): ReadonlyArray<Queue> => {
  const durables = new Map(
    bus.streams.filter(({ name }) => name === "COMMANDS").flatMap((stream) => stream.durables.map((one) => [one.durable, one])),
  )
  const names = new Set([...Object.keys(backlog?.commands ?? {}), ...[...durables.keys()].map((name) => name.replace("-", "."))])
  return [...names].sort().map((command) => {
    const durable = durables.get(durableOf(command))
    const open = backlog === null ? null : (backlog.commands[command] ?? 0)
    return {
      command,
      open,
      oldestMs: open === 0 ? null : (backlog?.oldestCommandMs[command] ?? null),
      waiting: durable?.waiting ?? 0,
      working: durable?.unacked ?? 0,
    }
  })
}
