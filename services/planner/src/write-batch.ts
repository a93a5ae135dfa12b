import { type Policy, survivesStop } from "@ci-fix-pilot/lifecycle/policy"
import { isStop, lastAttempt, type Run, statusOf } from "@ci-fix-pilot/lifecycle/run"
import { jsonText } from "@ci-fix-pilot/sql/json-text"
import { type Query, rowsOf } from "@ci-fix-pilot/sql/Sql"
import { Effect, Schema } from "effect"
import type { CommittedEntry, NewEntry } from "./Ledger.ts"
import type { Plan } from "./plan-batch.ts"

const queuedMs = 24 * 3_600_000
const deliveringMs = 30 * 60_000

/**
 * What a run waits for, and how long it may (ms). At a stop it waits for nothing that has a deadline, but for the end of its pull
 * request while one is known to be open.
 */
const deadlineOf = ({ phase, pullRequest }: Run, policy: Policy): { readonly kind: string; readonly ms?: number } | undefined => {
  if (isStop(phase)) return pullRequest?.state === "open" ? { kind: "pull-request" } : undefined
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

const runColumns =
  "run_id text, repository text, branch text, commit_sha text, title text, status text, phase text, signature text, attempt int, max_attempts int, strategy text, pull_request_url text, cost_usd float8, state jsonb, seq int, stopped boolean, deadline_kind text, deadline_ms float8"

const upsertRuns = `
insert into run (run_id, repository, branch, commit_sha, title, status, phase, signature, attempt, max_attempts, strategy, pull_request_url, cost_usd, state, seq, stopped_at, deadline_kind, deadline_at)
select run_id, repository, branch, commit_sha, title, status, phase, signature, attempt, max_attempts, strategy, pull_request_url, cost_usd, state, seq,
       case when stopped then now() end, deadline_kind, now() + deadline_ms * interval '1 ms'
from jsonb_to_recordset($1::text::jsonb) as x (${runColumns})
on conflict (run_id) do update set status = excluded.status, phase = excluded.phase, signature = excluded.signature, attempt = excluded.attempt, strategy = excluded.strategy,
  pull_request_url = excluded.pull_request_url, cost_usd = excluded.cost_usd, state = excluded.state, seq = excluded.seq, updated_at = now(),
  stopped_at = case when excluded.stopped_at is null then null else coalesce(run.stopped_at, excluded.stopped_at) end,
  deadline_at = case when excluded.deadline_kind is not distinct from run.deadline_kind then run.deadline_at else excluded.deadline_at end,
  deadline_kind = excluded.deadline_kind`

const insertCommands = `
insert into command (command_id, run_id, type, data, attempt, traceparent, not_before, deadline_at, max_usd)
select command_id, run_id, type, data, attempt, traceparent, now() + delay_ms * interval '1 ms', now() + deadline_ms * interval '1 ms', max_usd
from jsonb_to_recordset($1::text::jsonb) as x (command_id text, run_id text, type text, data jsonb, attempt int, traceparent text, delay_ms float8, deadline_ms float8, max_usd float8)
on conflict do nothing`

const changeCommands = `
update command c set
  closed_at = case when x.closed then now() else c.closed_at end,
  outcome = case when x.closed then x.outcome else c.outcome end,
  reserved_usd = greatest(0, c.reserved_usd - x.settled_usd),
  tries = x.tries,
  not_before = case when x.dispatch > c.dispatch then now() + x.delay_ms * interval '1 ms' else c.not_before end,
  deadline_at = c.deadline_at + x.extend_ms * interval '1 ms',
  sent_at = case when x.dispatch > c.dispatch then null else c.sent_at end,
  stream_seq = case when x.dispatch > c.dispatch then null else c.stream_seq end,
  holder = case when x.closed or x.dispatch > c.dispatch then null else c.holder end,
  lease_until = case when x.closed or x.dispatch > c.dispatch then null else c.lease_until end, dispatch = x.dispatch
from jsonb_to_recordset($1::text::jsonb)
  as x (command_id text, closed boolean, outcome text, settled_usd float8, dispatch int, tries int, delay_ms float8, extend_ms float8)
where c.command_id = x.command_id`

// A command that somebody locks right now is left to the sweep: waiting for it here could be waiting in a circle.
const closeOver = `
update command set closed_at = now(), outcome = 'the run ended'
where command_id in (
  select command_id from command where run_id = any (array(select value from jsonb_array_elements_text($1::text::jsonb))) and closed_at is null
    and type not in (select value from jsonb_array_elements_text($2::text::jsonb)) order by command_id for update skip locked)`

const settleInbox = `
update inbox i set applied_at = now(), outcome = x.outcome
from jsonb_to_recordset($1::text::jsonb) as x (message_id text, outcome jsonb) where i.message_id = x.message_id`

/** The transaction's last statement: the row lock on `ledger` makes position order commit order. */
const appendEntries = `
with taken as (update ledger set position = position + $2::int returning position)
insert into run_event (run_id, seq, position, type, caused_by, traceparent, data)
select x.run_id, x.seq, taken.position - $2::int + x.ord, x.type, x.caused_by, x.traceparent, x.data
from jsonb_to_recordset($1::text::jsonb) as x (ord int, run_id text, seq int, type text, caused_by text, traceparent text, data jsonb), taken
returning run_id as "runId", seq, position::float8 as position, at`

const appended = rowsOf(Schema.Struct({ runId: Schema.String, seq: Schema.Int, position: Schema.Finite, at: Schema.Date }))

const append = (query: Query, entries: ReadonlyArray<NewEntry>) =>
  Effect.gen(function* () {
    if (entries.length === 0) return []
    const rows = entries.map(({ runId, seq, causedBy, traceparent, event }, index) => ({
      ord: index + 1,
      run_id: runId,
      seq,
      type: event.type,
      caused_by: causedBy,
      traceparent,
      data: event.data,
    }))
    const places = yield* Effect.flatMap(query(appendEntries, [jsonText(rows), entries.length]), appended)
    const byPlace = new Map(places.map((place) => [`${place.runId}.${place.seq}`, place]))
    return entries.flatMap((entry): ReadonlyArray<CommittedEntry> => {
      const place = byPlace.get(`${entry.runId}.${entry.seq}`)
      return place === undefined ? [] : [{ ...entry, position: place.position, at: place.at.toISOString() }]
    })
  })

/** Writes a plan. The statements are sent in one flight; the one that takes the ledger's lock is the last. */
export const writeBatch = (query: Query, plan: Plan, policy: Policy) =>
  Effect.gen(function* () {
    const runs = [...plan.runs].map(([runId, { seq, state }]) => runRow(runId, seq, state, policy))
    const commands = plan.commands.map(({ commandId, runId, command, attempt, traceparent, delayMs, deadlineMs, maxUsd }) => ({
      command_id: commandId,
      run_id: runId,
      type: command.type,
      data: command.data,
      attempt,
      traceparent,
      delay_ms: delayMs,
      deadline_ms: deadlineMs,
      max_usd: maxUsd,
    }))
    const changes = plan.changes.map(({ commandId, closed, outcome, settledUsd, dispatch, tries, delayMs, extendMs }) => ({
      command_id: commandId,
      closed,
      outcome,
      settled_usd: settledUsd,
      dispatch,
      tries,
      delay_ms: delayMs,
      extend_ms: extendMs,
    }))
    const outcomes = [...plan.outcomes].filter(([id]) => id.startsWith("inbox:")).map(([message_id, outcome]) => ({ message_id, outcome }))
    const when = (rows: ReadonlyArray<unknown>, text: string, ...more: ReadonlyArray<string>) =>
      rows.length === 0 ? [] : [query(text, [jsonText(rows), ...more])]
    let entries: ReadonlyArray<CommittedEntry> = []
    const last = Effect.map(append(query, plan.entries), (committed) => {
      entries = committed
    })
    // One list, because statements go out in its order.
    yield* Effect.all(
      [
        ...when(runs, upsertRuns),
        ...when(changes, changeCommands),
        ...when(plan.over, closeOver, JSON.stringify([...survivesStop])),
        ...when(commands, insertCommands),
        ...when(outcomes, settleInbox),
        last,
      ],
      { concurrency: "unbounded", discard: true },
    )
    return entries
  })
