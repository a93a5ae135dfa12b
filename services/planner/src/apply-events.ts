/**
 * Applies what services saw to the runs' ledgers, in batches: one transaction for everything that arrived during the one before.
 *
 * Consumes: every `evt.*` message. Emits: `cmd.*` commands and `run.*` ledger entries.
 * Safe to repeat because each message id is recorded in the transaction that applies it.
 */
import { Bus, type Delivery } from "@ci-fix-pilot/actor/Bus"
import { crashPoint } from "@ci-fix-pilot/actor/crash-point"
import { decodeEvent } from "@ci-fix-pilot/contract/envelope"
import { plannerDurable, streams } from "@ci-fix-pilot/contract/streams"
import { Sql, type SqlError } from "@ci-fix-pilot/sql/Sql"
import { Effect, Layer, Schedule, Stream } from "effect"
import { announce } from "./announce.ts"
import { type Applied, applyBatch } from "./apply-batch.ts"
import { PolicyConfig } from "./PolicyConfig.ts"
import type { Item } from "./plan-batch.ts"

const maxBatch = 256
const prefetch = 512

const whileAway = { schedule: Schedule.spaced("250 millis"), while: (error: SqlError) => error.retryable }

const none: Applied = { entries: [], commands: [] }

const commandOf = ({ what }: Item) => (what.kind === "noticed" ? what.commandId : what.message.causedBy?.split("#")[0]) ?? ""

/** Puts a message aside, and lets nothing wait for it: its inbox row is settled, and the command that it answers is given up by the next sweep. */
const bury = (item: Item, text: string, why: string) =>
  Effect.gen(function* () {
    const sql = yield* Sql
    const reason = why.slice(0, 4_000).replaceAll("\0", "\ufffd")
    yield* sql.query("insert into dead_letter (message_id, run_id, text, why) values ($1, $2, $3, $4) on conflict do nothing", [
      item.id,
      item.runId,
      text,
      reason,
    ])
    yield* sql.query("update command set deadline_at = now() where command_id = $1 and closed_at is null", [commandOf(item)])
    yield* sql.query("update inbox set applied_at = now(), outcome = $2::text::jsonb where message_id = $1 and applied_at is null", [
      item.id,
      JSON.stringify({ result: "ignored", status: "unknown", why: "it could not be applied and was put aside" }),
    ])
  }).pipe(
    Effect.retry(whileAway),
    Effect.andThen(Effect.logError("a message could not be applied and was put aside", { message: item.id, why })),
    Effect.as(none),
  )

/** Applies items; a batch that fails is applied one by one, so that only the culprit is put aside. A database that is away is waited for. */
export const applyItems = (items: ReadonlyArray<Item>) =>
  Effect.gen(function* () {
    const policy = yield* PolicyConfig
    const applied = yield* applyBatch(items, policy).pipe(
      Effect.retry(whileAway),
      Effect.catchCause((cause) =>
        items.length === 1
          ? Effect.forEach(items, (item) => bury(item, JSON.stringify(item.what), String(cause))).pipe(Effect.as(none))
          : Effect.map(
              Effect.forEach(items, (item) =>
                applyBatch([item], policy).pipe(
                  Effect.retry(whileAway),
                  Effect.catchCause((one) => bury(item, JSON.stringify(item.what), String(one))),
                ),
              ),
              (each) => ({ entries: each.flatMap(({ entries }) => entries), commands: each.flatMap(({ commands }) => commands) }),
            ),
      ),
    )
    yield* crashPoint("planner.apply-events:committed")
    yield* Effect.forkDetach(announce(applied))
  })

const read = (delivery: Delivery) =>
  decodeEvent(delivery.text).pipe(
    Effect.map(
      (message): ReadonlyArray<Item> => [
        { id: message.id, runId: message.runId, traceparent: message.traceparent, what: { kind: "message", message } },
      ],
    ),
    Effect.catch((error) =>
      Sql.use((sql) =>
        sql.query("insert into dead_letter (message_id, text, why) values ($1, $2, $3) on conflict do nothing", [
          `undecodable:${new Bun.CryptoHasher("sha256").update(delivery.text).digest("hex")}`,
          delivery.text.replaceAll("\0", "\ufffd"),
          error.message.replaceAll("\0", "\ufffd"),
        ]),
      ).pipe(
        Effect.retry(whileAway),
        Effect.andThen(Effect.logError("an event could not be read and was put aside", { subject: delivery.subject, why: error.message })),
        Effect.as([]),
      ),
    ),
  )

const applyDeliveries = (deliveries: ReadonlyArray<Delivery>) =>
  Effect.gen(function* () {
    yield* crashPoint("planner.apply-events:delivered")
    const items = (yield* Effect.forEach(deliveries, read)).flat()
    if (items.length > 0) yield* applyItems(items)
    yield* crashPoint("planner.apply-events:announced")
    yield* Effect.forEach(deliveries, (delivery) => delivery.ack, { discard: true })
  })

const restart = Schedule.min([Schedule.exponential("200 millis"), Schedule.spaced("5 seconds")]).pipe(Schedule.jittered)

export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const bus = yield* Bus
    const loop = bus.consume({ stream: streams.events.name, durable: plannerDurable, prefetch }).pipe(
      Stream.runForEachArray((deliveries) => Effect.forEach(chunksOf(deliveries, maxBatch), applyDeliveries, { discard: true })),
      Effect.tapCause((cause) => Effect.logError("the planner's consumer crashed and starts again", cause)),
      Effect.sandbox,
      Effect.retry(restart),
    )
    yield* Effect.forkScoped(loop)
  }),
)

const chunksOf = <A>(items: ReadonlyArray<A>, size: number): ReadonlyArray<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size))
