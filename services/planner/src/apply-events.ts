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
import type { Policy } from "@ci-fix-pilot/lifecycle/policy"
import type { Sql, SqlError } from "@ci-fix-pilot/sql/Sql"
import { type Cause, Effect, Layer, Schedule, Stream } from "effect"
import { announce } from "./announce.ts"
import { type Applied, applyBatch } from "./apply-batch.ts"
import { sideBySide } from "./apply-side-by-side.ts"
import { PolicyConfig } from "./PolicyConfig.ts"
import type { Item } from "./plan-batch.ts"
import { bury, buryUnread } from "./put-aside.ts"

const lanes = 2
const mostAtOnce = 256
const prefetch = 512

const spaced = Schedule.spaced("250 millis")
const whileAway = { schedule: spaced, while: (error: SqlError) => error.retryable }

/** It took longer than a statement may. A database that is slow and a message that always takes so long look alike. */
const tookTooLong = ({ code }: SqlError) => code === "57014"
/** So often one message alone may take too long, about two minutes, until it is put aside. */
const slowTries = 12

const none: Applied = { entries: [], commands: [] }

const aside = (item: Item, cause: Cause.Cause<unknown>) => bury(item, String(cause)).pipe(Effect.retry(whileAway), Effect.as(none))

/** A batch that fails or takes too long is halved until only the culprit is put aside. A database that is away is waited for. */
const applyHalving = (items: ReadonlyArray<Item>, policy: Policy): Effect.Effect<Applied, SqlError, Sql> =>
  applyBatch(items, policy).pipe(
    Effect.retry({ schedule: spaced, while: (error) => error.retryable && !tookTooLong(error) }),
    Effect.retry({ schedule: spaced, while: (error) => tookTooLong(error) && items.length === 1, times: slowTries - 1 }),
    Effect.catchCause((cause) => {
      const half = Math.ceil(items.length / 2)
      const parts = [items.slice(0, half), items.slice(half)]
      const each =
        items.length > 1 ? Effect.forEach(parts, (part) => applyHalving(part, policy)) : Effect.forEach(items, (item) => aside(item, cause))
      return Effect.map(each, (all) => ({
        entries: all.flatMap(({ entries }) => entries),
        commands: all.flatMap(({ commands }) => commands),
      }))
    }),
  )

/** Applies items, and says what that has committed. */
export const applyItems = (items: ReadonlyArray<Item>) =>
  Effect.gen(function* () {
    const applied = yield* applyHalving(items, yield* PolicyConfig)
    yield* crashPoint("planner.apply-events:committed")
    yield* Effect.forkDetach(announce(applied), { startImmediately: true })
  })

interface Arrived {
  readonly item: Item
  readonly delivery: Delivery
}

const read = (delivery: Delivery) =>
  decodeEvent(delivery.text).pipe(
    Effect.map((message): ReadonlyArray<Arrived> => {
      const what = { kind: "message", message, saidOn: delivery.subject } as const
      return [{ delivery, item: { id: message.id, runId: message.runId, traceparent: message.traceparent, what } }]
    }),
    Effect.catch((error) =>
      buryUnread(delivery.subject, delivery.text, error.message).pipe(Effect.retry(whileAway), Effect.andThen(delivery.ack), Effect.as([])),
    ),
  )

const applyArrived = (arrived: ReadonlyArray<Arrived>) =>
  Effect.gen(function* () {
    yield* crashPoint("planner.apply-events:delivered")
    yield* applyItems(arrived.map(({ item }) => item))
    yield* crashPoint("planner.apply-events:announced")
    yield* Effect.forEach(arrived, ({ delivery }) => delivery.ack, { discard: true })
  })

const restart = Schedule.min([Schedule.exponential("200 millis"), Schedule.spaced("5 seconds")]).pipe(Schedule.jittered)

export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const bus = yield* Bus
    const consumed = Effect.suspend(() => {
      const { add, run } = sideBySide({ lanes, mostAtOnce, mostWaiting: prefetch }, applyArrived)
      const arriving = bus
        .consume({ stream: streams.events.name, durable: plannerDurable, prefetch })
        .pipe(Stream.runForEachArray((deliveries) => Effect.flatMap(Effect.forEach(deliveries, read), (each) => add(each.flat()))))
      return Effect.all([arriving, run], { concurrency: "unbounded", discard: true })
    })
    const loop = consumed.pipe(
      Effect.tapCause((cause) => Effect.logError("the planner's consumer crashed and starts again", cause)),
      Effect.sandbox,
      Effect.retry(restart),
    )
    yield* Effect.forkScoped(loop)
  }),
)
