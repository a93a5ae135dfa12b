/** The planner's tables as values: what a batch reads of them, and what a plan makes of them. For tests of batches without a database. */
import type { Command } from "@ci-fix-pilot/contract/commands"
import type { RunId } from "@ci-fix-pilot/contract/ids"
import { type Policy, survivesStop } from "@ci-fix-pilot/lifecycle/policy"
import { isStop, type Run } from "@ci-fix-pilot/lifecycle/run"
import { batchFacts, type Relative, type RepositoryCounts } from "./batch-facts.ts"
import type { CommandRow, NewEntry } from "./Ledger.ts"
import { commandOf, type Item, type Outcome, type PlannedBatch, type planBatch } from "./plan-batch.ts"

export interface AskedCommand extends CommandRow {
  readonly command: Command
  readonly reservedUsd: number
  readonly delayMs: number
  readonly deadlineMs: number
  readonly closedAs: string | undefined
}

/** Nothing in it is ever changed: each step makes the next world. */
export interface World {
  readonly runs: ReadonlyMap<RunId, { readonly seq: number; readonly state: Run }>
  readonly commands: ReadonlyMap<string, AskedCommand>
  readonly entries: ReadonlyArray<NewEntry>
  readonly applied: ReadonlySet<string>
  readonly outcomes: ReadonlyMap<string, Outcome>
}

export const emptyWorld: World = { runs: new Map(), commands: new Map(), entries: [], applied: new Set(), outcomes: new Map() }

const countsOf = ({ runs }: World): ReadonlyArray<RepositoryCounts> => {
  const states = [...runs.values()].map(({ state }) => state)
  const names = [...new Set(states.map(({ target }) => target.repository.toLowerCase()))]
  return names.map((repository) => {
    const here = states.filter(({ target }) => target.repository.toLowerCase() === repository)
    return {
      repository,
      active: here.filter(({ phase }) => !isStop(phase) && phase !== "queued" && phase !== "awaiting-approval").length,
      queued: here.filter(({ phase }) => phase === "queued").length,
      openPullRequests: here.filter(({ phase }) => phase === "delivering" || phase === "fixed").length,
    }
  })
}

const relativesOf = ({ runs }: World): ReadonlyArray<Relative> =>
  [...runs].flatMap(([runId, { state }]) => {
    const signature = state.failure?.signature ?? state.source.signature
    const { repository, branch, commitSha } = state.target
    if (signature === undefined || state.phase === "skipped") return []
    const open = !isStop(state.phase) || state.phase === "fixed"
    return [{ runId, repository: repository.toLowerCase(), branch, commitSha, signature, open }]
  })

/** Applies items as one transaction does: those that were applied before are dropped, the rest is planned on what the tables hold now. */
export const applyTo = (world: World, items: ReadonlyArray<Item>, policy: Policy, plan: typeof planBatch): World => {
  const wanted = items.filter(({ id }) => !world.applied.has(id))
  const rows = [...new Set(wanted.map(({ runId }) => runId))].flatMap((runId) => {
    const row = world.runs.get(runId)
    return row === undefined ? [] : [{ runId, ...row }]
  })
  const commandRows = [...new Set(wanted.map(commandOf))].flatMap((id) => world.commands.get(id ?? "") ?? [])
  return written(world, plan(wanted, rows, commandRows, batchFacts(countsOf(world), relativesOf(world)), policy))
}

/** What writeBatch does with a plan. */
const written = (world: World, plan: PlannedBatch): World => {
  const commands = new Map(world.commands)
  for (const { commandId, closed, outcome, settledUsd, dispatch, tries, delayMs, extendMs } of plan.changes) {
    const row = commands.get(commandId)
    if (row === undefined) continue
    commands.set(commandId, {
      ...row,
      open: row.open && !closed,
      holder: closed || dispatch > row.dispatch ? null : row.holder,
      closedAs: closed ? outcome : row.closedAs,
      reservedUsd: Math.max(0, row.reservedUsd - settledUsd),
      tries,
      delayMs: dispatch > row.dispatch ? delayMs : row.delayMs,
      deadlineMs: row.deadlineMs + extendMs,
      dispatch,
    })
  }
  const ended = new Set(plan.over)
  for (const row of commands.values())
    if (row.open && ended.has(row.runId) && !survivesStop.has(row.type))
      commands.set(row.commandId, { ...row, open: false, closedAs: "the run ended" })
  for (const { commandId, runId, command, dispatch, delayMs, deadlineMs, maxUsd } of plan.commands)
    commands.set(commandId, {
      ...{ commandId, runId, command, dispatch, delayMs, deadlineMs, maxUsd },
      ...{ type: command.type, tries: 0, open: true, holder: null, reservedUsd: 0, closedAs: undefined },
    })
  return {
    runs: new Map([...world.runs, ...[...plan.runs].map(([runId, { seq, state }]) => [runId, { seq, state }] as const)]),
    commands,
    entries: [...world.entries, ...plan.entries],
    applied: new Set([...world.applied, ...plan.applied]),
    outcomes: new Map([...world.outcomes, ...plan.outcomes]),
  }
}

/**
 * A world without what a batch may leave out: a command that was asked for and whose run ended before anybody was told of it. Of a closed
 * command only how it was closed and whose money it still holds matters.
 */
export const comparable = ({ runs, commands, entries, outcomes }: World, before: World) => ({
  entries,
  runs: [...runs].sort(([a], [b]) => a.localeCompare(b)),
  outcomes: [...outcomes].sort(([a], [b]) => a.localeCompare(b)),
  commands: [...commands.values()]
    .filter(({ commandId, closedAs }) => before.commands.has(commandId) || closedAs !== "the run ended")
    .map(({ delayMs, deadlineMs, ...row }) => (row.open ? { ...row, delayMs, deadlineMs } : row))
    .sort((a, b) => a.commandId.localeCompare(b.commandId)),
})
