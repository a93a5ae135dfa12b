import { leased } from "@ci-fix-pilot/contract/commands"
import { answeredCommand, dispatchId, readDispatchId } from "@ci-fix-pilot/contract/dispatch-id"
import type { EventMessage } from "@ci-fix-pilot/contract/envelope"
import type { RunId } from "@ci-fix-pilot/contract/ids"
import type { Input } from "@ci-fix-pilot/lifecycle/input"
import { commandDeadlineMs, type Policy, survivesStop, waitsWithinDeadline } from "@ci-fix-pilot/lifecycle/policy"
import { lastAttempt, type Run, statusOf } from "@ci-fix-pilot/lifecycle/run"
import { isOver, step } from "@ci-fix-pilot/lifecycle/step"
import type { BatchFacts } from "./batch-facts.ts"
import { isOfNoConcern, whyRefused } from "./believe.ts"
import type { CommandRow, NewCommand, NewEntry, RunRow } from "./Ledger.ts"
import type { Refused } from "./put-aside.ts"

/** Something to apply: a message from outside, or what the planner itself noticed about a run. */
export interface Item {
  readonly id: string
  readonly runId: RunId
  readonly traceparent: string
  readonly what:
    | {
        readonly kind: "message"
        readonly message: EventMessage
        /** The subject on which it was said, or that of its source in the inbox; undefined when nobody noted it. */
        readonly saidOn: string | undefined
        readonly fromInbox?: boolean
      }
    | { readonly kind: "noticed"; readonly input: Input; readonly commandId?: string }
}

/** The command that an item is about: which it says it answers, or of which the planner noticed something. */
export const commandOf = ({ what }: Item) => (what.kind === "noticed" ? what.commandId : answeredCommand(what.message))

/** How an item ended, for whoever waits for it at the inbox. */
export interface Outcome {
  readonly result: "applied" | "ignored" | "conflict"
  readonly status: string
  readonly why?: string
}

export interface CommandChange {
  readonly commandId: string
  readonly closed: boolean
  readonly outcome: string
  /** Money that the answer's holder had reserved (US dollars). */
  readonly settledUsd: number
  readonly dispatch: number
  readonly tries: number
  readonly delayMs: number
  /** Time that its deadline gets back because it was told to wait. */
  readonly extendMs: number
}

/** Everything that one transaction writes. */
export interface Plan {
  readonly entries: ReadonlyArray<NewEntry>
  readonly runs: ReadonlyMap<RunId, { readonly seq: number; readonly state: Run; readonly isNew: boolean }>
  readonly commands: ReadonlyArray<NewCommand>
  readonly changes: ReadonlyArray<CommandChange>
  readonly over: ReadonlyArray<RunId>
  readonly outcomes: ReadonlyMap<string, Outcome>
}

/** A plan of a batch: the ids of the messages that it applies, and those that are not believed, which it leaves out. */
export interface PlannedBatch extends Plan {
  readonly applied: ReadonlyArray<string>
  readonly refused: ReadonlyArray<Refused>
}

/** A command as the batch has left it so far. */
type Known = { -readonly [K in keyof CommandRow]: CommandRow[K] }

/** Whether the try that this answers was counted and its money reserved: its holder heard `go`, or was given the lease and did not wait to hear. */
const wasLeased = ({ id, unleased }: EventMessage, { holder }: CommandRow) => unleased !== true || readDispatchId(id).holder === holder

/** Plans a batch, one item after the other, each seeing what the ones before it did. Pure but for the maps it builds. */
export const planBatch = (
  items: ReadonlyArray<Item>,
  rows: ReadonlyArray<RunRow>,
  commandRows: ReadonlyArray<CommandRow>,
  facts: BatchFacts,
  policy: Policy,
): PlannedBatch => {
  const runs = new Map<RunId, { seq: number; state: Run; isNew: boolean }>(
    rows.map(({ runId, seq, state }) => [runId, { seq, state, isNew: false }]),
  )
  const known = new Map(commandRows.map((row) => [row.commandId, { ...row }]))
  const entries: Array<NewEntry> = []
  const commands: Array<NewCommand> = []
  const changes = new Map<string, CommandChange>()
  const outcomes = new Map<string, Outcome>()
  const over = new Set<RunId>()

  /** The command that a message says it answers. */
  const askedBy = ({ what }: Item) => (what.kind === "message" ? known.get(answeredCommand(what.message) ?? "") : undefined)

  /** What the item means for its run; `undefined` when it only changes its command. */
  const inputOf = (item: Item): Input | undefined => {
    if (item.what.kind === "noticed") {
      const row = item.what.commandId === undefined ? undefined : known.get(item.what.commandId)
      if (item.what.commandId !== undefined && row?.open !== true) return undefined
      // Whoever held it may have spent what it reserved, and says so with its late answer.
      if (row !== undefined) close(row, "gave-up", 0)
      return item.what.input
    }
    const { message } = item.what
    const row = askedBy(item)
    if (row === undefined) return { kind: "event", event: message }
    const { open } = row
    // What it has cost is written down in any case.
    if ((message.type === "postponed" || message.type === "failed-for-good") && message.data.usage !== undefined)
      apply(item, { kind: "event", event: message, answers: { type: row.type, open } })
    const isLeased = wasLeased(message, row)
    const reservedUsd = isLeased ? row.maxUsd : 0
    if (message.type === "postponed") {
      const isCurrent = open && message.causedBy === dispatchId(row.commandId, row.dispatch)
      if (isCurrent) return postpone(row, message.data, policy, isLeased)
      return isLeased ? settle(row, message.data.uncounted === true) : undefined
    }
    if (message.type === "failed-for-good") {
      close(row, message.type, reservedUsd)
      return open ? { kind: "gave-up", command: row.type, why: message.data.reason, forGood: true } : undefined
    }
    close(row, message.type, reservedUsd)
    return { kind: "event", event: message, answers: { type: row.type, open } }
  }

  /** One change a command: what closed it first stays, and each answer settles its own holder's money and time. */
  const change = (next: CommandChange) => {
    const before = changes.get(next.commandId)
    const { closed, outcome } = before?.closed === true ? before : next
    const { delayMs } = before?.dispatch === next.dispatch ? before : next
    const settledUsd = next.settledUsd + (before?.settledUsd ?? 0)
    const extendMs = next.extendMs + (before?.extendMs ?? 0)
    changes.set(next.commandId, { ...next, closed, outcome, delayMs, settledUsd, extendMs })
  }

  /** Whoever was told to wait too late, when the command was closed or sent again: gives its money back, and its try if it does not count. */
  const settle = (row: Known, uncounted: boolean): undefined => {
    const { commandId, maxUsd: settledUsd, dispatch } = row
    if (uncounted) row.tries = Math.max(0, row.tries - 1)
    change({ commandId, closed: false, outcome: "", settledUsd, dispatch, tries: row.tries, delayMs: 0, extendMs: 0 })
  }

  const close = (row: Known, outcome: string, settledUsd: number) => {
    change({
      commandId: row.commandId,
      closed: row.open,
      outcome,
      settledUsd,
      dispatch: row.dispatch,
      tries: row.tries,
      delayMs: 0,
      extendMs: 0,
    })
    // Closing it forgets who held it, as the table does.
    if (row.open) row.holder = null
    row.open = false
  }

  const postpone = (
    row: Known,
    data: { afterMs: number; why: string; uncounted?: boolean },
    limits: Policy,
    isLeased: boolean,
  ): Input | undefined => {
    const settledUsd = isLeased ? row.maxUsd : 0
    const counted = leased.has(row.type) && isLeased ? row.tries : row.tries + 1
    const tries = data.uncounted === true ? Math.max(0, counted - 1) : counted
    row.tries = tries
    if (tries >= limits.triesPerCommand) {
      close(row, "gave-up", settledUsd)
      return { kind: "gave-up", command: row.type, why: `${data.why} (tried ${tries} times)` }
    }
    row.dispatch += 1
    row.holder = null
    change({
      commandId: row.commandId,
      closed: false,
      outcome: "",
      settledUsd,
      dispatch: row.dispatch,
      tries,
      delayMs: data.afterMs,
      extendMs: data.uncounted === true && !waitsWithinDeadline.has(row.type) ? data.afterMs : 0,
    })
    return undefined
  }

  /** A run that ended closes what it had asked for: an answer later in the batch comes too late. */
  const end = (runId: RunId) => {
    over.add(runId)
    for (const row of known.values()) if (row.runId === runId && !survivesStop.has(row.type)) row.open = false
  }

  const apply = (item: Item, input: Input) => {
    const before = runs.get(item.runId)
    const result = step(item.runId, before?.state, input, facts.of(item.runId, before?.state, input), policy)
    if (result.run === undefined) return outcomes.set(item.id, { result: "ignored", status: "unknown", why: "there is no such run" })
    const firstSeq = (before?.seq ?? 0) + 1
    for (const [index, event] of result.entries.entries())
      entries.push({ runId: item.runId, seq: firstSeq + index, causedBy: item.id, traceparent: item.traceparent, event })
    for (const [index, { entry, intent }] of result.commands.entries()) {
      const { delayMs = 0, ...command } = intent
      commands.push({
        commandId: `${item.runId}.${firstSeq + entry}.${index}`,
        runId: item.runId,
        dispatch: 1,
        attempt: lastAttempt(result.run)?.n,
        traceparent: item.traceparent,
        command,
        delayMs,
        deadlineMs: delayMs + commandDeadlineMs[command.type],
        maxUsd: "maxCostUsd" in command.data ? command.data.maxCostUsd : 0,
      })
    }
    runs.set(item.runId, { seq: firstSeq + result.entries.length - 1, state: result.run, isNew: before === undefined || before.isNew })
    if (isOver(result.run) && (before === undefined || !isOver(before.state))) end(item.runId)
    facts.note(item.runId, before?.state, result.run)
    const refused = result.entries.find((entry) => entry.type === "review-refused")
    const status = statusOf(result.run.phase)
    if (refused !== undefined) outcomes.set(item.id, { result: "conflict", status, why: refused.data.why })
    else outcomes.set(item.id, { result: result.entries.length === 0 ? "ignored" : "applied", status })
  }

  const seen = new Set<string>()
  const refused: Array<Refused> = []
  for (const item of items) {
    // Before its id is looked at: who is not believed may use another's.
    const why = whyRefused(item, askedBy(item))
    if (why !== undefined) {
      if (!isOfNoConcern(item, askedBy(item), runs.has(item.runId))) refused.push({ item, why })
      continue
    }
    // A message that was delivered twice may be in one batch twice.
    if (seen.has(item.id)) continue
    seen.add(item.id)
    const input = inputOf(item)
    if (input !== undefined) apply(item, input)
  }
  // A run that ended later in the batch wants nothing more of what was asked for it before.
  const due = commands.filter(({ runId, command }) => !over.has(runId) || survivesStop.has(command.type))
  return { applied: [...seen], refused, entries, runs, commands: due, changes: [...changes.values()], over: [...over], outcomes }
}
