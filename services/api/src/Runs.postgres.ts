import { readRunEvent } from "@ci-fix-pilot/contract/envelope"
import { events } from "@ci-fix-pilot/contract/events"
import { failureFrom } from "@ci-fix-pilot/contract/failure-of"
import { LedgerEntry, Remembered, RunSummary } from "@ci-fix-pilot/contract/run-view"
import { rowsOf, Sql } from "@ci-fix-pilot/sql/Sql"
import { Effect, Layer, Option, Schema, Struct } from "effect"
import { Runs, type RunsQuery } from "./Runs.ts"

const Instant = Schema.NullOr(Schema.Date)

/** A run's columns; its `failure` is made of the first three. */
const runRows = rowsOf(
  Schema.Struct({
    diagnosis: Schema.NullOr(Schema.String),
    firstError: Schema.NullOr(Schema.String),
    errorType: Schema.NullOr(Schema.String),
    ...Struct.omit(RunSummary.fields, ["failure"]),
    createdAt: Schema.Date,
    updatedAt: Schema.Date,
    stoppedAt: Instant,
    deadlineAt: Instant,
  }),
)
const entryRows = rowsOf(Schema.Struct({ ...LedgerEntry.fields, at: Schema.Date }))
const countRows = rowsOf(Schema.Struct({ count: Schema.Finite }))
const acceptedRows = rowsOf(Schema.Struct({ data: Schema.Unknown, at: Schema.Date }))
const failureOf = Schema.decodeUnknownOption(events["ci-failed"])
const headRows = rowsOf(Schema.Struct({ position: Schema.Finite, ledger: Schema.NullOr(Schema.String) }))
const rememberedRows = rowsOf(Schema.Struct({ ...Remembered.fields, at: Schema.Date }))

const summaryOf = ({ diagnosis, firstError, errorType, ...row }: Effect.Success<ReturnType<typeof runRows>>[number]): RunSummary => ({
  ...row,
  failure: failureFrom({ diagnosis, firstError, errorType }),
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
  stoppedAt: row.stoppedAt?.toISOString() ?? null,
  deadlineAt: row.deadlineAt?.toISOString() ?? null,
})

const entryOf = (row: Effect.Success<ReturnType<typeof entryRows>>[number]): LedgerEntry => ({ ...row, at: row.at.toISOString() })

/** The line of a digest where the first error stands: the list needs no more of a log. */
const firstErrorOf = (digest: string) =>
  `nullif(btrim(split_part(state #>> '{${digest},text}', E'\\n', least(1 + (state #>> '{${digest},firstError}')::float8, 24000)::int), E' \\t\\r'), '')`

const runColumns = `run_id as "runId", seq, repository, branch, commit_sha as "commitSha", title, status, phase, signature,
  state #>> '{diagnosis,summary}' as diagnosis, state #>> '{diagnosis,kind}' as kind, state #>> '{source,errorType}' as "errorType",
  case when state -> 'diagnosis' is null then coalesce(${firstErrorOf("failure,digest")}, ${firstErrorOf("source,digest")}) end as "firstError", attempt, max_attempts as "maxAttempts", strategy, pull_request_url as "pullRequestUrl", cost_usd as "costUsd", created_at as "createdAt", updated_at as "updatedAt",
  stopped_at as "stoppedAt", deadline_at as "deadlineAt"`
const entryColumns = `run_id as "runId", seq, position::float8 as position, type, at, caused_by as "causedBy", traceparent, data`

const wanted = `where ($1::text is null or status = $1) and ($2::text is null or lower(repository) = lower($2))
  and ($4::text is null or phase = $4) and ($3::text is null or title ilike $3 or branch ilike $3 or repository ilike $3 or commit_sha ilike $3 or run_id ilike $3)`

/** `%` and `_` stand for themselves in what a person looks for. */
const like = (text: string) => `%${text.replaceAll(/[\\%_]/gu, "\\$&")}%`
const parametersOf = ({ status, repository, text, phase }: RunsQuery) => [
  status ?? null,
  repository ?? null,
  text === undefined || text === "" ? null : like(text),
  phase ?? null,
]

/** An entry's fact; one that does not fit its schema is a defect: the planner checked it before it wrote it. */
const eventOf = ({ type, data }: LedgerEntry) => Effect.orDie(readRunEvent({ type, data }))

export const layer = Layer.effect(
  Runs,
  Effect.gen(function* () {
    const { query } = yield* Sql
    const count = (rows: ReturnType<typeof query>) =>
      rows.pipe(
        Effect.flatMap(countRows),
        Effect.map(([row]) => row?.count ?? 0),
      )
    return Runs.of({
      page: Effect.fn("Runs.page")(function* (asked: RunsQuery) {
        const parameters = parametersOf(asked)
        const [items, total] = yield* Effect.all(
          [
            query(`select ${runColumns} from run ${wanted} order by created_at desc, run_id limit $5::int offset $6::int`, [
              ...parameters,
              asked.pageSize,
              (asked.page - 1) * asked.pageSize,
            ]).pipe(Effect.flatMap(runRows)),
            count(query(`select count(*)::float8 as count from run ${wanted}`, parameters)),
          ],
          { concurrency: "unbounded" },
        )
        return { items: items.map(summaryOf), total }
      }),
      find: (runId) =>
        query(`select ${runColumns} from run where run_id = $1`, [runId]).pipe(
          Effect.flatMap(runRows),
          Effect.map(([row]) => Option.map(Option.fromNullishOr(row), summaryOf)),
        ),
      ledger: Effect.fn("Runs.ledger")(function* (runId: string) {
        const rows = yield* query(`select ${entryColumns} from run_event where run_id = $1 order by seq`, [runId]).pipe(
          Effect.flatMap(entryRows),
        )
        return yield* Effect.forEach(rows.map(entryOf), (entry) => Effect.map(eventOf(entry), (event) => ({ ...entry, event })))
      }),
      after: (position, limit, runId) =>
        (runId === undefined
          ? query(`select ${entryColumns} from run_event where position > $1 order by position limit $2::int`, [position, limit])
          : query(`select ${entryColumns} from run_event where run_id = $3 and position > $1 order by position limit $2::int`, [
              position,
              limit,
              runId,
            ])
        ).pipe(
          Effect.flatMap(entryRows),
          Effect.map((rows) => rows.map(entryOf)),
        ),
      // The name as JSON: it is asked before the planner's migration has run, too.
      head: query("select position::float8 as position, to_jsonb(ledger) ->> 'id' as ledger from ledger").pipe(
        Effect.flatMap(headRows),
        Effect.map(([row]) => ({ position: row?.position ?? 0, ledger: row?.ledger ?? undefined })),
      ),
      accepted: (runId) =>
        query(
          "select body -> 'data' as data, received_at as at from inbox where run_id = $1 and type = 'ci-failed' order by received_at limit 20",
          [runId],
        ).pipe(
          Effect.flatMap(acceptedRows),
          // What nobody can read begins no run: the planner puts it aside, and it stands among the dead letters.
          Effect.map((rows) =>
            Option.firstSomeOf(rows.map((row) => Option.map(failureOf(row.data), (data) => ({ data, at: row.at.toISOString() })))),
          ),
        ),
      remembered: (runId) =>
        query(
          `select attempt, coalesce(data ->> 'outcome', '') as told, outcome, coalesce(closed_at, created_at) as at
           from command where run_id = $1 and type = 'memory.remember' order by created_at, command_id`,
          [runId],
        ).pipe(
          Effect.flatMap(rememberedRows),
          Effect.map((rows) => rows.map((row) => ({ ...row, at: row.at.toISOString() }))),
        ),
    })
  }),
)
