import { RunId } from "@ci-fix-pilot/contract/ids"
import type { Input } from "@ci-fix-pilot/lifecycle/input"
import { roundingUsd, survivesStop } from "@ci-fix-pilot/lifecycle/policy"
import { rowsOf, Sql } from "@ci-fix-pilot/sql/Sql"
import { Effect, Schema } from "effect"
import { type Dispatch, noTrace } from "./Ledger.ts"
import type { Watch } from "./lease-watch.ts"
import { PolicyConfig } from "./PolicyConfig.ts"
import type { Item } from "./plan-batch.ts"
import { CommandName, RecordedCommand } from "./recorded.ts"

const limit = 500
/** Who lives and could not renew asks within this time (s) once it can again: several questions' worth. */
const silentS = 3

const dispatchRows = rowsOf(
  Schema.Struct({
    commandId: Schema.String,
    runId: RunId,
    dispatch: Schema.Int,
    attempt: Schema.NullOr(Schema.Int),
    traceparent: Schema.String,
    command: RecordedCommand,
  }),
)
const dispatchColumns = `c.command_id as "commandId", c.run_id as "runId", c.dispatch, c.attempt, c.traceparent, jsonb_build_object('type', c.type, 'data', c.data) as command`

const toDispatches = (rows: Effect.Success<ReturnType<typeof dispatchRows>>): ReadonlyArray<Dispatch> =>
  rows.map(({ attempt, ...row }) => ({ ...row, attempt: attempt ?? undefined }))

/** Commands that are due and that the broker does not have. A fresh one is left for so long (s) to whoever just committed it. */
export const unsent = (freshS: number) =>
  Sql.use((sql) =>
    sql.query(
      `select ${dispatchColumns} from command c where closed_at is null and sent_at is null and not_before <= now() and created_at <= now() - $1::int * interval '1 second'
       order by not_before limit ${limit}`,
      [freshS],
    ),
  ).pipe(Effect.flatMap(dispatchRows), Effect.map(toDispatches))

const doubtfulRows = rowsOf(Schema.Struct({ commandId: Schema.String, dispatch: Schema.Int, sequence: Schema.Finite }))

/** Commands that were sent, that nobody holds, and that were not looked at for a while. */
export const perhapsLost = Sql.use((sql) =>
  sql.query(
    `select command_id as "commandId", dispatch, coalesce(stream_seq, 0)::float8 as sequence from command
     where closed_at is null and sent_at is not null and checked_at < now() - interval '2 seconds' and (lease_until is null or lease_until < now())
     order by checked_at limit ${limit}`,
  ),
).pipe(Effect.flatMap(doubtfulRows))

export const checked = (commandIds: ReadonlyArray<string>) =>
  Sql.use((sql) =>
    sql.query(
      `update command set checked_at = now() where command_id in (
         select command_id from command where command_id = any (array(select value from jsonb_array_elements_text($1::text::jsonb))) order by command_id for update skip locked)`,
      [JSON.stringify(commandIds)],
    ),
  )

/** Takes the next dispatch number of commands that got lost; of two planners only one gets it, and a locked one is left to the next sweep. */
export const dispatchAgain = (lost: ReadonlyArray<{ readonly commandId: string; readonly dispatch: number }>) =>
  Sql.use((sql) =>
    sql.query(
      `with locked as (
         select o.command_id from command o join jsonb_to_recordset($1::text::jsonb) as x (id text, dispatch int) on o.command_id = x.id and o.dispatch = x.dispatch
         where o.closed_at is null and (o.lease_until is null or o.lease_until < now()) order by o.command_id for update of o skip locked)
       update command c set dispatch = c.dispatch + 1, sent_at = null, stream_seq = null, holder = null, lease_until = null
       from locked where c.command_id = locked.command_id returning ${dispatchColumns}`,
      [JSON.stringify(lost.map(({ commandId, dispatch }) => ({ id: commandId, dispatch })))],
    ),
  ).pipe(Effect.flatMap(dispatchRows), Effect.map(toDispatches))

const noticed = (id: string, runId: RunId, input: Input, commandId?: string): Item => ({
  id,
  runId,
  traceparent: noTrace,
  what: { kind: "noticed", input, ...(commandId === undefined ? {} : { commandId }) },
})

const lateCommandRows = rowsOf(
  Schema.Struct({
    commandId: Schema.String,
    runId: RunId,
    type: CommandName,
    tries: Schema.Int,
    late: Schema.Boolean,
    spentUsd: Schema.Finite,
    heldUsd: Schema.Finite,
  }),
)
const dollars = (usd: number) => `$${usd.toFixed(2)}`

/**
 * Commands past their deadline, those whose last holder died with no try left, and those that may not begin because tries which ended
 * without a word hold what the run may spend (looked at once they were refused: nobody asks the sum of a command that just waits).
 * A holder is taken for dead when at the last look its lease had lapsed for `silentS`, and leases could be renewed for as long: while they
 * could not, whoever lives went on with its work, and what is held may be its own.
 */
export const lateCommands = Effect.fnUntraced(function* ({ since, last }: Watch) {
  const sql = yield* Sql
  const { triesPerCommand, maxCostUsd } = yield* PolicyConfig
  const rows = yield* Effect.flatMap(
    sql.query(
      `with free as (select command_id, run_id, type, tries, max_usd, deadline_at < now() as late, tries >= $1::int as tried from command where closed_at is null
         and (deadline_at < now() or (greatest(lease_until, to_timestamp($3::float8)) < to_timestamp($4::float8 - ${silentS})
           and (tries >= $1::int or (max_usd > 0 and (tries > 0 or dispatch > 1)))))),
       counted as (select f.*, r.cost_usd, (select coalesce(sum(o.reserved_usd), 0) from command o where o.run_id = f.run_id) as held from free f join run r using (run_id))
       select command_id as "commandId", run_id as "runId", type, tries, late, cost_usd as "spentUsd", held as "heldUsd" from counted
       where late or tried or max_usd + cost_usd + held > $2::float8 + ${roundingUsd} limit ${limit}`,
      [triesPerCommand, maxCostUsd, since, last],
    ),
    lateCommandRows,
  )
  return rows.map(({ commandId, runId, type, tries, late, spentUsd, heldUsd }) => {
    const noMoney = `${dollars(heldUsd)} of ${dollars(maxCostUsd)} is held for tries that never said what they cost, and ${dollars(spentUsd)} is spent: no further one may begin`
    const why = late ? "no answer came in time" : tries >= triesPerCommand ? `given up after ${tries} tries` : noMoney
    const held = heldUsd > 0 ? { heldUsd } : {}
    return noticed(`gave-up:${commandId}`, runId, { kind: "gave-up", command: type, why, ...held }, commandId)
  })
})

const runRows = rowsOf(Schema.Struct({ runId: RunId, mark: Schema.String }))

/** Runs past their deadline. */
export const lateRuns = Sql.use((sql) =>
  sql.query(
    `select run_id as "runId", deadline_kind || ':' || seq as mark from run where deadline_at < now() and stopped_at is null limit ${limit}`,
  ),
).pipe(
  Effect.flatMap(runRows),
  Effect.map((rows) => rows.map(({ runId, mark }) => noticed(`deadline:${runId}:${mark}`, runId, { kind: "deadline-passed" }))),
)

/** The queued runs of repositories that have a free slot, in the order in which they were accepted; each second anew, as another run may take the slot first. */
export const freeSlots = Effect.gen(function* () {
  const sql = yield* Sql
  const { runsPerRepository } = yield* PolicyConfig
  const rows = yield* Effect.flatMap(
    sql.query(
      `with busy as (
         select lower(repository) as name, count(*) filter (where phase not in ('queued', 'awaiting-approval')) as active from run
         where stopped_at is null group by 1 having count(*) filter (where phase = 'queued') > 0),
       accepted as (
         select run_id, name, active, coalesce((select min(received_at) from inbox i where i.run_id = r.run_id), created_at) as at
         from run r join busy on lower(repository) = name where stopped_at is null and phase = 'queued' and active < $1::int)
       select run_id as "runId", floor(extract(epoch from now()))::text as mark from (
         select *, row_number() over (partition by name order by at, run_id) as place from accepted) q
       where place <= $1::int - active order by at limit ${limit}`,
      [runsPerRepository],
    ),
    runRows,
  )
  return rows.map(({ runId, mark }) => noticed(`slot:${runId}:${mark}`, runId, { kind: "slot-free" }))
})

const prunedRows = rowsOf(Schema.Struct({ count: Schema.Int }))
const pruneAtOnce = 1_000
/** More than a second brings of them. */
const prunesPerSweep = 20

/** Message ids are kept as long as a message could come back: the streams forget after a day. In small steps, as many as it takes. */
export const prune = Sql.use((sql) =>
  sql.query(
    `with gone as (delete from applied where message_id in (
       select message_id from applied where at < now() - interval '7 days' limit ${pruneAtOnce}) returning 1) select count(*)::int as count from gone`,
  ),
).pipe(Effect.flatMap(prunedRows), Effect.repeat({ while: ([gone]) => gone?.count === pruneAtOnce, times: prunesPerSweep - 1 }))

/** Closes what a run left open when it ended while somebody else held the row. */
export const closeLeftovers = Sql.use((sql) =>
  sql.query(
    `update command set closed_at = now(), outcome = 'the run ended' where command_id in (
       select c.command_id from command c join run r using (run_id) where c.closed_at is null and r.stopped_at is not null and r.phase <> 'fixed'
         and c.type not in (select value from jsonb_array_elements_text($1::text::jsonb)) order by c.command_id limit ${limit} for update of c skip locked)`,
    [JSON.stringify([...survivesStop])],
  ),
)
