import { commandTypes } from "@ci-fix-pilot/contract/commands"
import { RunId } from "@ci-fix-pilot/contract/ids"
import type { Run } from "@ci-fix-pilot/lifecycle/run"
import { type Query, rowsOf } from "@ci-fix-pilot/sql/Sql"
import { Effect, Schema } from "effect"
import { type BatchFacts, batchFacts } from "./batch-facts.ts"
import type { CommandRow, RunRow } from "./Ledger.ts"
import type { Item } from "./plan-batch.ts"

const CommandName = Schema.Literals(commandTypes)
// The state was folded by this very program from entries that were decoded at the door.
const State = Schema.declare((value): value is Run => typeof value === "object" && value !== null && "phase" in value)

const runRows = rowsOf(Schema.Struct({ runId: RunId, seq: Schema.Int, state: State }))
const commandRows = rowsOf(
  Schema.Struct({
    commandId: Schema.String,
    runId: RunId,
    type: CommandName,
    dispatch: Schema.Int,
    tries: Schema.Int,
    open: Schema.Boolean,
    maxUsd: Schema.Finite,
  }),
)
const countRows = rowsOf(Schema.Struct({ repository: Schema.String, active: Schema.Int, queued: Schema.Int, openPullRequests: Schema.Int }))
const relativeRows = rowsOf(
  Schema.Struct({
    runId: RunId,
    repository: Schema.String,
    branch: Schema.String,
    commitSha: Schema.String,
    signature: Schema.String,
    open: Schema.Boolean,
  }),
)
const idRows = rowsOf(Schema.Struct({ message_id: Schema.String }))

/** As an array, so that the planner of the database looks each up in the index instead of reading the table. */
const texts = "any (array(select value from jsonb_array_elements_text($1::text::jsonb)))"
const sorted = (values: Iterable<string>) => JSON.stringify([...new Set(values)].sort())

/** Records the ids of messages and gives those that are new: a repeat is dropped here, before anything else happens. */
export const claim = (query: Query, items: ReadonlyArray<Item>) =>
  query(
    `insert into applied (message_id) select value from jsonb_array_elements_text($1::text::jsonb) on conflict do nothing returning message_id`,
    [sorted(items.map(({ id }) => id))],
  ).pipe(
    Effect.flatMap(idRows),
    Effect.map((rows) => new Set(rows.map((row) => row.message_id))),
  )

/** Locks the runs in id order, so that two planners cannot wait for each other. */
export const lockRuns = (query: Query, items: ReadonlyArray<Item>): Effect.Effect<ReadonlyArray<RunRow>, Effect.Error<ReturnType<Query>>> =>
  Effect.flatMap(
    query(`select run_id as "runId", seq, state from run where run_id = ${texts} order by run_id for update`, [
      sorted(items.map(({ runId }) => runId)),
    ]),
    runRows,
  )

const commandIdOf = ({ what }: Item) =>
  what.kind === "noticed" ? what.commandId : what.message.causedBy?.includes("#") === true ? what.message.causedBy.split("#")[0] : undefined

export const lockCommands = (
  query: Query,
  items: ReadonlyArray<Item>,
): Effect.Effect<ReadonlyArray<CommandRow>, Effect.Error<ReturnType<Query>>> => {
  const ids = items.map(commandIdOf).filter((id) => id !== undefined)
  if (ids.length === 0) return Effect.succeed([])
  return Effect.flatMap(
    query(
      `select command_id as "commandId", run_id as "runId", type, dispatch, tries, closed_at is null as open, max_usd as "maxUsd"
       from command where command_id = ${texts} order by command_id for update`,
      [sorted(ids)],
    ),
    commandRows,
  )
}

const startsSlot = ({ what }: Item) => (what.kind === "noticed" ? what.input.kind === "slot-free" : what.message.type === "ci-failed")
/** Whether deciding about this item takes counts over other runs. */
export const needsCounts = (item: Item) =>
  startsSlot(item) ||
  (item.what.kind === "message" && ["fix-validated", "failure-fetched", "review-given"].includes(item.what.message.type))

/** Repositories whose counts matter to this batch, lower-cased; their locks are taken before any run's. */
export const countedRepositories = (query: Query, items: ReadonlyArray<Item>) =>
  Effect.gen(function* () {
    const counted = items.filter(needsCounts)
    if (counted.length === 0) return []
    const named = counted.flatMap(({ what }) =>
      what.kind === "message" && what.message.type === "ci-failed" ? [what.message.data.target.repository.toLowerCase()] : [],
    )
    const rows = yield* query(`select distinct lower(repository) as repository from run where run_id = ${texts}`, [
      sorted(counted.map(({ runId }) => runId)),
    ])
    const repositories = [...new Set([...named, ...rows.map((row) => String(row["repository"]))])].sort()
    yield* query(
      `select pg_advisory_xact_lock(hashtextextended(value, 7)) from (select value from jsonb_array_elements_text($1::text::jsonb) order by value) r`,
      [sorted(repositories)],
    )
    return repositories
  })

const inDay = "created_at > now() - interval '1 day'"

/** The counts over other runs that decisions need. */
export const readFacts = (
  query: Query,
  repositories: ReadonlyArray<string>,
  items: ReadonlyArray<Item>,
): Effect.Effect<BatchFacts, Effect.Error<ReturnType<Query>>> =>
  Effect.gen(function* () {
    if (repositories.length === 0) return batchFacts([], [])
    const signatures = items.flatMap(({ what }) =>
      what.kind === "message" && what.message.type === "failure-fetched" ? [what.message.data.signature] : [],
    )
    const counts = query(
      `select repository, count(*) filter (where phase not in ('queued', 'awaiting-approval', 'fixed'))::int as active,
              count(*) filter (where phase = 'queued')::int as queued, count(*) filter (where phase in ('fixed', 'delivering'))::int as "openPullRequests"
       from (select lower(repository) as repository, phase from run where lower(repository) = ${texts} and stopped_at is null union all
             select lower(repository), phase from run where lower(repository) = ${texts} and deadline_kind = 'pull-request' and phase = 'fixed') r group by 1`,
      [sorted(repositories)],
    )
    const relatives =
      signatures.length === 0
        ? Effect.succeed([])
        : query(
            `select run_id as "runId", lower(repository) as repository, branch, commit_sha as "commitSha", signature, stopped_at is null or phase = 'fixed' as open
             from run where signature = ${texts} and ${inDay} and status <> 'skipped'`,
            [sorted(signatures)],
          )
    return batchFacts(yield* Effect.flatMap(counts, countRows), yield* Effect.flatMap(relatives, relativeRows))
  })
