/** An actor on the bus in this process, with a planner that answers for leases as it is told. */
import type { CommandData, CommandType } from "@ci-fix-pilot/contract/commands"
import { decodeEvent, type EventMessage } from "@ci-fix-pilot/contract/envelope"
import { LeaseRequest } from "@ci-fix-pilot/contract/lease"
import { allEvents, asks, commandDurable, commandSubject } from "@ci-fix-pilot/contract/subjects"
import type { Target } from "@ci-fix-pilot/contract/values"
import { Effect, Layer, Logger, Queue, Ref, Schedule, Schema, type Scope, Stream } from "effect"
import { type ActorConfig, make } from "./Actor.ts"
import { layer as memory } from "./Bus.memory.ts"
import { Bus } from "./Bus.ts"
import { Holder } from "./Holder.ts"

const runId = `run_${"a".repeat(24)}`
const traceparent = `00-${"1".repeat(32)}-${"2".repeat(16)}-01`
export const target: Target = { provider: "github", repository: "acme/shop", branch: "main", commitSha: "c".repeat(40) }

/** What a planner says to each question about a lease in turn; the last one stands for all that follow. */
export type Leases = ReadonlyArray<"go" | "busy" | "stale" | "silent" | "garbage">

const decodeRequest = Schema.decodeUnknownEffect(Schema.fromJsonString(LeaseRequest))

const planner = (leases: Leases) =>
  Effect.gen(function* () {
    const bus = yield* Bus
    const asked = yield* Queue.unbounded<LeaseRequest>()
    const count = yield* Ref.make(0)
    yield* bus.answer(asks.lease, (text) =>
      Effect.gen(function* () {
        yield* Queue.offer(asked, yield* Effect.orDie(decodeRequest(text)))
        const lease = leases[Math.min(yield* Ref.getAndUpdate(count, (n) => n + 1), leases.length - 1)] ?? "garbage"
        return lease === "garbage" ? "?" : JSON.stringify({ lease })
      }),
    )
    return asked
  })

/** Sets the actor to work. `leases`: none, and the planner is silent. */
export const atWork = <T extends CommandType, R>(config: ActorConfig<T, R>, leases: Leases = []) =>
  Effect.gen(function* () {
    const bus = yield* Bus
    const subject = commandSubject(config.name)
    const durables = [{ durable: commandDurable(config.name), subject, ackWaitMs: 20_000, maxAckPending: 100 }]
    const keeping = { maxAgeMs: 60_000, duplicateWindowMs: 60_000, maxBytes: -1 }
    yield* bus.ensure([{ name: "COMMANDS", subjects: ["cmd.>"], retention: "workqueue", ...keeping, durables }])
    const asked = leases.length === 0 ? yield* Queue.unbounded<LeaseRequest>() : yield* planner(leases)
    const answers = yield* Queue.unbounded<{ readonly subject: string; readonly message: EventMessage }>()
    const heard = yield* bus.subscribe(allEvents)
    yield* Effect.forkScoped(
      Stream.runForEach(heard, ({ subject, text }) =>
        Effect.flatMap(Effect.orDie(decodeEvent(text)), (message) => Queue.offer(answers, { subject, message })),
      ),
    )
    yield* Layer.build(make(config))
    const publish = (text: string, messageId: string) => bus.publish(subject, text, messageId)
    return {
      asked,
      answer: Queue.take(answers),
      /** Answers that came and were not taken. */
      untaken: Queue.size(answers),
      publish,
      send: (data: CommandData<T>, messageId = `${runId}.1.0#1`) => publish(commandText(config.name, data), messageId),
      /** Waits until nothing waits and nothing is in hand. */
      idle: bus.state.pipe(
        Effect.map((streams) => streams.flatMap(({ durables }) => durables)),
        Effect.filterOrFail((durables) => durables.every(({ waiting, unacked }) => waiting + unacked === 0)),
        Effect.retry({ schedule: Schedule.spaced("10 millis"), times: 300 }),
      ),
    }
  })

/** A command as the planner sends it: the first dispatch of the first command of a run's first entry. */
export const commandText = (type: string, data: unknown) =>
  JSON.stringify({ id: `${runId}.1.0#1`, type, at: "2026-11-23T00:00:00.000Z", runId, attempt: 2, traceparent, data })
export { runId, traceparent }

/** Runs with a bus of its own, without saying what is logged. */
export const alone = <A>(work: Effect.Effect<A, unknown, Bus | Holder | Scope.Scope>, bus: Layer.Layer<Bus> = memory) =>
  Effect.runPromise(Effect.scoped(Effect.provide(work, [bus, Holder.layer, Logger.layer([])])))
