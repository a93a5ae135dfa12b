import { RunId } from "@ci-fix-pilot/contract/ids"
import { jsonText } from "@ci-fix-pilot/sql/json-text"
import { rowsOf, Sql, type SqlError } from "@ci-fix-pilot/sql/Sql"
import { Deferred, Effect, Layer, Queue, Schema } from "effect"
import { type Arrival, Inbox, InboxRefused, InboxUnavailable, type Receipt } from "./Inbox.ts"

/** Arrivals that may wait for their commit; more are told to come again. */
const capacity = 2_048
/** Arrivals in one statement. */
const batchSize = 256
/** A commit that takes longer than this (ms) is given up: its senders come again, and the same key changes nothing. */
const patience = 8_000

const Stored = Schema.Struct({
  source: Schema.String,
  key: Schema.String,
  run_id: RunId,
  fresh: Schema.Boolean,
  known: Schema.Boolean,
  status: Schema.NullOr(Schema.String),
})
type Stored = typeof Stored.Type
const stored = rowsOf(Stored)

/**
 * One statement, one commit. A key that is there already stays as it is; `known`: the run was reported before, by whomever. What was
 * there is looked up row by row, by index: left to itself the database reads all of the inbox for every batch.
 */
const insert = `
with incoming as (
  select distinct on (source, key) * from json_to_recordset($1::text::json)
    as r(source text, key text, run_id text, type text, body jsonb, body_sha256 text, message_id text, traceparent text)
), inserted as (
  insert into inbox (source, key, run_id, type, body, body_sha256, message_id, traceparent)
  select source, key, run_id, type, body, body_sha256, message_id, traceparent from incoming
  on conflict do nothing returning source, key
)
select i.source, i.key, i.run_id, inserted.key is not null as fresh, run.status,
  run.status is not null or earlier.found is not null as known
from incoming i left join inserted using (source, key)
  left join lateral (select status from run where run.run_id = i.run_id limit 1) run on true
  left join lateral (select true as found from inbox o where o.run_id = i.run_id and o.type = 'ci-failed' limit 1) earlier on true`

interface Waiting {
  readonly arrival: Arrival
  readonly answer: Deferred.Deferred<Receipt, InboxUnavailable | InboxRefused>
}

const rowOf = ({ source, key, runId, event, bodySha256, messageId, traceparent }: Arrival) => ({
  source,
  key,
  run_id: runId,
  type: event.type,
  body: event,
  body_sha256: bodySha256,
  message_id: messageId,
  traceparent,
})

/** What became of each arrival, for whoever waits for it; the second of two equal ones in a batch is a duplicate too. */
const settled = (batch: ReadonlyArray<Waiting>, rows: ReadonlyArray<Stored>) => {
  const byKey = new Map(rows.map((row) => [`${row.source} ${row.key}`, row]))
  const seen = new Set<string>()
  return batch.map(({ arrival, answer }) => {
    const key = `${arrival.source} ${arrival.key}`
    const row = byKey.get(key)
    const first = row?.fresh === true && !seen.has(key)
    const deduplicated = !first || (arrival.event.type === "ci-failed" && (row.known || seen.has(arrival.runId)))
    seen.add(key).add(arrival.runId)
    const receipt: Receipt = { runId: row?.run_id ?? arrival.runId, status: row?.status ?? "queued", deduplicated, stored: first }
    return { answer, receipt }
  })
}

const store = Effect.fnUntraced(function* (batch: ReadonlyArray<Waiting>) {
  const sql = yield* Sql
  const rows = yield* sql.query(insert, [jsonText(batch.map(({ arrival }) => rowOf(arrival)))])
  yield* Effect.forEach(settled(batch, yield* stored(rows)), ({ answer, receipt }) => Deferred.succeed(answer, receipt), { discard: true })
})

const fail = (batch: ReadonlyArray<Waiting>, error: InboxUnavailable | InboxRefused) =>
  Effect.forEach(batch, ({ answer }) => Deferred.fail(answer, error), { discard: true })

/** A batch that the database refuses is taken apart: one bad arrival must not cost the others. */
const storeOrAnswer = (batch: ReadonlyArray<Waiting>): Effect.Effect<void, never, Sql> =>
  store(batch).pipe(
    Effect.timeoutOrElse({
      duration: patience,
      orElse: () => fail(batch, new InboxUnavailable({ message: "the database did not answer in time" })),
    }),
    Effect.catch((error: SqlError) => {
      // 42P01: the planner has not made the tables yet.
      if (error.retryable || error.code === "42P01") return fail(batch, new InboxUnavailable({ message: error.message }))
      if (batch.length > 1) return Effect.forEach(batch, (one) => storeOrAnswer([one]), { discard: true })
      return Effect.andThen(
        Effect.logError("the inbox refused an arrival", error),
        fail(batch, new InboxRefused({ message: error.message })),
      )
    }),
    Effect.catchCause((cause) =>
      Effect.andThen(Effect.logError("the inbox failed", cause), fail(batch, new InboxUnavailable({ message: "the inbox failed" }))),
    ),
  )

/** Everything that arrived during the previous commit shares the next one. */
export const layer = Layer.effect(
  Inbox,
  Effect.gen(function* () {
    const sql = yield* Sql
    const queue = yield* Queue.dropping<Waiting>(capacity)
    yield* Queue.takeBetween(queue, 1, batchSize).pipe(Effect.flatMap(storeOrAnswer), Effect.forever, Effect.forkScoped)
    return Inbox.of({
      accept: Effect.fnUntraced(function* (arrival: Arrival) {
        const answer = yield* Deferred.make<Receipt, InboxUnavailable | InboxRefused>()
        if (!Queue.offerUnsafe(queue, { arrival, answer }))
          return yield* new InboxUnavailable({ message: "too much is waiting for the database" })
        return yield* Deferred.await(answer)
      }),
      isReachable: sql.query("select from inbox limit 0").pipe(
        Effect.timeout("2 seconds"),
        Effect.as(true),
        Effect.catch(() => Effect.succeed(false)),
      ),
    })
  }),
)
