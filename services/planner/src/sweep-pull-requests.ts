/**
 * Looks after the pull requests of runs from outside of their lives: a webhook may have been lost, and GitHub may have been away for longer
 * than the first tries to close one.
 */
import type { Command } from "@ci-fix-pilot/contract/commands"
import { RunId } from "@ci-fix-pilot/contract/ids"
import { commandDeadlineMs, undoAgainMs, undoForMs } from "@ci-fix-pilot/lifecycle/policy"
import { checkEveryMs, mostDoublings } from "@ci-fix-pilot/lifecycle/refusals"
import type { Run } from "@ci-fix-pilot/lifecycle/run"
import { jsonText } from "@ci-fix-pilot/sql/json-text"
import { type Query, rowsOf, Sql } from "@ci-fix-pilot/sql/Sql"
import { Effect, Schema } from "effect"
import { noTrace } from "./Ledger.ts"
import { RecordedRun } from "./recorded.ts"

const atOnce = 50

/** `second`: the database's time (s), which tells this time from the ones before. */
const runRows = rowsOf(Schema.Struct({ runId: RunId, state: RecordedRun, second: Schema.String }))
type Rows = Effect.Success<ReturnType<typeof runRows>>
const runColumns = `run_id as "runId", state, floor(extract(epoch from now()))::text as second`

const close = ({ target }: Run): Command => ({ type: "github.close-pull-request", data: { target, reason: "the run has ended" } })
const check = (run: Run): Command =>
  run.phase === "fixed" && run.pullRequest !== undefined
    ? { type: "github.check-pull-request", data: { target: run.target, pullRequest: run.pullRequest } }
    : close(run)

const record = `
insert into command (command_id, run_id, type, data, traceparent, deadline_at)
select command_id, run_id, type, data, '${noTrace}', now() + deadline_ms * interval '1 ms'
from jsonb_to_recordset($1::text::jsonb) as x (command_id text, run_id text, type text, data jsonb, deadline_ms float8) on conflict do nothing`

const ask = (query: Query, rows: Rows, why: "check" | "close", commandOf: (run: Run) => Command) => {
  const commands = rows.map(({ runId, state, second }) => {
    const { type, data } = commandOf(state)
    return { command_id: `${runId}.${why}.${second}`, run_id: runId, type, data, deadline_ms: commandDeadlineMs[type] }
  })
  return commands.length === 0 ? Effect.void : query(record, [jsonText(commands)])
}

// Before a run's state is opened, which may be large, it is known that it may be its turn.
const unchecked = `
update run set pull_request_checked_at = now() where run_id in (
  select run_id from run r where deadline_kind = 'pull-request' and coalesce(pull_request_checked_at, updated_at) < now() - $1::int * interval '1 ms'
    and coalesce(pull_request_checked_at, updated_at) < now() - $1::int * interval '1 ms'
      * power(2, least(coalesce((state -> 'refused' ->> 'times')::int, 0), ${mostDoublings})) and not exists (
      select from command c where c.run_id = r.run_id and c.type in ('github.check-pull-request', 'github.close-pull-request') and c.closed_at is null)
  limit ${atOnce} for update skip locked)
returning ${runColumns}`

/**
 * Asks GitHub, every ten minutes, how each open pull request of ours stands. One whose run has ended without it is closed. After ever
 * longer where it refuses, and never while it was asked already and may still answer.
 */
export const checkPullRequests = Sql.use((sql) =>
  sql.transaction((query) =>
    query(unchecked, [checkEveryMs]).pipe(
      Effect.flatMap(runRows),
      Effect.flatMap((rows) => ask(query, rows, "check", check)),
    ),
  ),
)

const notUndone = "('gave-up', 'failed-for-good')"
/** Each time that it was refused doubles what is waited, as somebody has to grant a right first; beyond so many it is days, and no number too large. */
const doublings = 10

// Its end is when it was first asked to be closed: a run stops with its fix, and may be merged weeks later.
const unclosed = `
select ${runColumns} from run where run_id in (
  select c.run_id from command c
  where c.type = 'github.close-pull-request' and c.outcome in ${notUndone}
    and c.closed_at < now() - $1::int * interval '1 ms' and c.closed_at > now() - $2::int * interval '1 ms' and not exists (
      select from command o where o.run_id = c.run_id and o.type = c.type
        and (o.closed_at is null or o.closed_at > c.closed_at or o.created_at < now() - $2::int * interval '1 ms'))
    and (c.outcome = 'gave-up' or c.closed_at < now() - $1::int * interval '1 ms' * (
      select power(2, least(count(*) - 1, ${doublings})) from command o
      where o.run_id = c.run_id and o.type = c.type and o.outcome = 'failed-for-good')))
and stopped_at is not null and phase <> 'fixed' and deadline_kind is distinct from 'pull-request' limit ${atOnce}`

/**
 * Asks GitHub once more to close the pull request of a run that ended without one, where the last attempt to came to nothing: it may have
 * been opened, and nobody heard of it. Soon where GitHub was away, and after ever longer where it refused. The same for the branch of one
 * that was merged. One that is known to be open is looked after above.
 */
export const closeAgain = Sql.use(({ query }) =>
  query(unclosed, [undoAgainMs, undoForMs]).pipe(
    Effect.flatMap(runRows),
    Effect.flatMap((rows) => ask(query, rows, "close", close)),
  ),
)
