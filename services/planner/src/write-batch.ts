import { type Policy, survivesStop } from "@ci-fix-pilot/lifecycle/policy"
import { isLeftOpen } from "@ci-fix-pilot/lifecycle/refusals"
import { isStop, lastAttempt, type Run, statusOf } from "@ci-fix-pilot/lifecycle/run"
import { jsonText } from "@ci-fix-pilot/sql/json-text"
import { type Query, rowsOf } from "@ci-fix-pilot/sql/Sql"
import { Effect, Schema } from "effect"
import type { CommittedEntry, NewCommand, NewEntry } from "./Ledger.ts"
import type { CommandChange, Plan } from "./plan-batch.ts"

const queuedMs = 24 * 3_600_000
const deliveringMs = 30 * 60_000

/**
 * What a run waits for, and how long it may (ms). At a stop it waits for nothing that has a deadline, but for the end of its pull
 * request while one is known to be open.
 */
const deadlineOf = (run: Run, policy: Policy): { readonly kind: string; readonly ms?: number } | undefined => {
  const { phase, pullRequest } = run
  if (isStop(phase)) return pullRequest?.state === "open" && !isLeftOpen(run) ? { kind: "pull-request" } : undefined
  if (phase === "queued") return { kind: "queued", ms: queuedMs }
  if (phase === "awaiting-approval") return { kind: "approval", ms: policy.approvalMs }
  if (phase === "delivering") return { kind: "delivery", ms: deliveringMs }
  return { kind: "work", ms: policy.maxWallMs }
}

const runRow = (runId: string, seq: number, run: Run, policy: Policy) => {
  const deadline = deadlineOf(run, policy)
  const attempt = lastAttempt(run)
  return {
    run_id: runId,
    repository: run.target.repository,
    branch: run.target.branch,
    commit_sha: run.target.commitSha,
    title: run.title,
    status: statusOf(run.phase),
    phase: run.phase,
    signature: run.failure?.signature ?? run.source.signature ?? null,
    attempt: run.attempts.length,
    max_attempts: policy.maxAttempts,
    strategy: attempt?.strategy ?? null,
    pull_request_url: run.pullRequest?.url ?? null,
    cost_usd: run.costUsd,
    state: run,
    seq,
    stopped: isStop(run.phase),
    deadline_kind: deadline?.kind ?? null,
    deadline_ms: deadline?.ms ?? null,
  }
}

/** What a batch was decided upon. The same as it was read, or nothing is written. */
export interface Expected {
  /** Ids of messages that were not applied before. */
  readonly ids: ReadonlyArray<string>
  /** Lower-cased, with the counts over them; their locks are taken before any run's. */
  readonly repositories: ReadonlyArray<string>
  readonly signatures: ReadonlyArray<string>
  readonly facts: unknown
  /** The last entry of each run; 0 for one that is not there. */
  readonly runs: ReadonlyArray<{ readonly run_id: string; readonly seq: number }>
  readonly commands: ReadonlyArray<{
    readonly command_id: string
    readonly dispatch: number
    readonly tries: number
    readonly open: boolean
  }>
}

const nothing: Expected = { ids: [], repositories: [], signatures: [], facts: null, runs: [], commands: [] }

const apply = `
select entry_run as "runId", entry_seq as seq, entry_position as position, entry_at as at from apply_batch($1::text::jsonb, $2::text::jsonb)`

const appended = rowsOf(Schema.Struct({ runId: Schema.String, seq: Schema.Int, position: Schema.Finite, at: Schema.Date }))

const entryRow = ({ runId, seq, causedBy, traceparent, event }: NewEntry, index: number) => ({
  ord: index + 1,
  run_id: runId,
  seq,
  type: event.type,
  caused_by: causedBy,
  traceparent,
  data: event.data,
})

const commandRow = ({ commandId, runId, command, attempt, traceparent, delayMs, deadlineMs, maxUsd }: NewCommand) => ({
  command_id: commandId,
  run_id: runId,
  type: command.type,
  data: command.data,
  attempt,
  traceparent,
  delay_ms: delayMs,
  deadline_ms: deadlineMs,
  max_usd: maxUsd,
})

const changeRow = ({ commandId, closed, outcome, settledUsd, dispatch, tries, delayMs, extendMs }: CommandChange) => ({
  command_id: commandId,
  closed,
  outcome,
  settled_usd: settledUsd,
  dispatch,
  tries,
  delay_ms: delayMs,
  extend_ms: extendMs,
})

/**
 * Writes a plan in one statement, which is one commit, and gives its entries their places. Fails with 40001 when what was expected
 * does not hold any more: then nothing was written, and reading again will tell.
 */
export const writeBatch = (query: Query, plan: Plan, policy: Policy, expected = nothing) =>
  Effect.gen(function* () {
    const rows = {
      runs: [...plan.runs].map(([runId, { seq, state }]) => runRow(runId, seq, state, policy)),
      changes: plan.changes.map(changeRow),
      over: plan.over,
      survivesStop: [...survivesStop],
      commands: plan.commands.map(commandRow),
      outcomes: [...plan.outcomes].filter(([id]) => id.startsWith("inbox:")).map(([message_id, outcome]) => ({ message_id, outcome })),
      entries: plan.entries.map(entryRow),
    }
    const places = yield* Effect.flatMap(query(apply, [jsonText(expected), jsonText(rows)]), appended)
    const byPlace = new Map(places.map((place) => [`${place.runId}.${place.seq}`, place]))
    return plan.entries.flatMap((entry): ReadonlyArray<CommittedEntry> => {
      const place = byPlace.get(`${entry.runId}.${entry.seq}`)
      return place === undefined ? [] : [{ ...entry, position: place.position, at: place.at.toISOString() }]
    })
  })
