import { Bus } from "@ci-fix-pilot/actor/Bus"
import { nowIso } from "@ci-fix-pilot/actor/trace"
import { type EventMessage, encodeMessage } from "@ci-fix-pilot/contract/envelope"
import { eventSubject } from "@ci-fix-pilot/contract/subjects"
import { Array as Arr, Context, Effect, Layer, Queue, Stream } from "effect"
import type { Arrival } from "./Inbox.ts"

/** Arrivals that may wait to be said; more are left to the planner, which looks into the inbox each second anyway. */
const capacity = 2_048

/** Tells the planner about stored arrivals sooner than its sweep would find them. Losing one costs a second, never a webhook. */
export class Announcer extends Context.Service<Announcer, { readonly announce: (arrival: Arrival) => Effect.Effect<void> }>()(
  "ci-fix-pilot/ingest/Announcer",
) {
  static readonly layer = Layer.effect(
    Announcer,
    Effect.gen(function* () {
      const bus = yield* Bus
      const queue = yield* Queue.dropping<EventMessage>(capacity)
      const tell = (message: EventMessage) => bus.tell(eventSubject("ingest", message.type), encodeMessage(message), message.id)
      const publish = (message: EventMessage) => bus.publish(eventSubject("ingest", message.type), encodeMessage(message), message.id)
      // The broker takes messages in their order: when it has the last of several it has kept up, and the next may follow.
      const say = (messages: Arr.NonEmptyReadonlyArray<EventMessage>) =>
        Effect.forEach(Arr.initNonEmpty(messages), tell, { discard: true }).pipe(
          Effect.andThen(publish(Arr.lastNonEmpty(messages))),
          Effect.catch((error) => Effect.logDebug("left to the sweep", { arrivals: messages.length, why: error.message })),
          Effect.catchCause((cause) => Effect.logError("arrivals could not be said", cause)),
        )
      yield* Stream.fromQueue(queue).pipe(Stream.runForEachArray(say), Effect.forkScoped)
      return Announcer.of({
        announce: ({ messageId, runId, traceparent, event }) =>
          Effect.map(nowIso, (at) => void Queue.offerUnsafe(queue, { id: messageId, at, runId, traceparent, ...event })),
      })
    }),
  )
}
