import { Bus } from "@ci-fix-pilot/actor/Bus"
import { nowIso } from "@ci-fix-pilot/actor/trace"
import { type EventMessage, encodeMessage } from "@ci-fix-pilot/contract/envelope"
import { eventSubject } from "@ci-fix-pilot/contract/subjects"
import { Context, Effect, Layer, Queue, Stream } from "effect"
import type { Arrival } from "./Inbox.ts"

/** Arrivals that may wait to be said; more are left to the planner, which looks into the inbox each second anyway. */
const capacity = 2_048
/** Publishes on their way at once. */
const concurrency = 64

/** Tells the planner about stored arrivals sooner than its sweep would find them. Losing one costs a second, never a webhook. */
export class Announcer extends Context.Service<Announcer, { readonly announce: (arrival: Arrival) => Effect.Effect<void> }>()(
  "ci-fix-pilot/ingest/Announcer",
) {
  static readonly layer = Layer.effect(
    Announcer,
    Effect.gen(function* () {
      const bus = yield* Bus
      const queue = yield* Queue.dropping<EventMessage>(capacity)
      const say = (message: EventMessage) =>
        bus.publish(eventSubject("ingest", message.type), encodeMessage(message), message.id).pipe(
          Effect.catch((error) => Effect.logDebug("left to the sweep", { id: message.id, why: error.message })),
          Effect.catchCause((cause) => Effect.logError("an arrival could not be said", cause)),
        )
      yield* Stream.fromQueue(queue).pipe(Stream.mapEffect(say, { concurrency, unordered: true }), Stream.runDrain, Effect.forkScoped)
      return Announcer.of({
        announce: ({ messageId, runId, traceparent, event }) =>
          Effect.map(nowIso, (at) => void Queue.offerUnsafe(queue, { id: messageId, at, runId, traceparent, ...event })),
      })
    }),
  )
}
