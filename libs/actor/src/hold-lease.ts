import { askTimeoutMs, busyAfterMs, LeaseAnswer, type LeaseRequest, renewEveryMs } from "@ci-fix-pilot/contract/lease"
import { ackWaitMs } from "@ci-fix-pilot/contract/streams"
import { asks } from "@ci-fix-pilot/contract/subjects"
import { Deferred, Effect, Schema } from "effect"
import { Bus, type Delivery } from "./Bus.ts"
import { Lease } from "./Lease.ts"
import { Retry } from "./outcome.ts"

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(LeaseAnswer))
/** Work that is over sooner asks for no lease, unless it must be sure of it (ms). */
const askAfterMs = 50
/** How long a holder insists on an answer (ms): the planner may be starting anew, or stand still. */
const insistMs = 5_000
type Answer = LeaseAnswer["lease"]

/** What the planner says of a lease; `silent` when it does not answer in time. */
const ask = (request: LeaseRequest) =>
  Bus.use((bus) => bus.ask(asks.lease, JSON.stringify(request), askTimeoutMs)).pipe(
    Effect.flatMap((text) => decode(text)),
    Effect.map((answer): Answer => answer.lease),
    Effect.catch(() => Effect.succeed("silent" as const)),
  )

/**
 * Asks until there is an answer. Silence is no refusal: the lease may have been given, and its answer too late or lost. The same holder
 * only renews such a lease; another one would wait for it to lapse, and count a further try.
 */
const insist = <R>(asking: Effect.Effect<Answer, never, R>) => {
  const untilAnswered: Effect.Effect<Answer, never, R> = Effect.flatMap(asking, (answer) =>
    answer === "silent" ? Effect.delay(untilAnswered, busyAfterMs) : Effect.succeed(answer),
  )
  return Effect.timeoutOrElse(untilAnswered, { duration: insistMs, orElse: () => Effect.succeed<Answer>("silent") })
}

/** Says to the server that the delivery is in hand, on a timer of its own: nothing that is waited for meanwhile holds it up. */
const sayInHand = (delivery: Delivery) => Effect.forever(Effect.delay(delivery.working, renewEveryMs))

/** Asks for the lease, then renews it, until it is lost. A silent planner loses nothing: the work goes on, `confirm` holds back its effects. */
const renewUntilLost = (asking: Effect.Effect<Answer, never, Bus>, firstAfterMs: number) =>
  Effect.gen(function* () {
    let answer = yield* Effect.delay(asking, firstAfterMs)
    while (answer !== "stale" && answer !== "busy") answer = yield* Effect.delay(asking, renewEveryMs)
    return answer
  })

/**
 * Runs the work under a lease. The first delivery of a dispatch goes to one only, who begins at once and asks soon after, or when the
 * work must be sure of it (`confirm`): what is done by then needs no lease. A repeated delivery may have another holder and asks first;
 * so does a first one that lay here for longer than the ack wait, and may have been repeated to another process.
 * The work is told whether it was ever given the lease. `lost` when it was refused or taken away: the delivery is then already ended.
 */
export const withLease = <A, E, R>(
  request: LeaseRequest,
  delivery: Delivery,
  work: (isHeld: Effect.Effect<boolean>) => Effect.Effect<A, E, R>,
) =>
  Effect.gen(function* () {
    let held = false
    const asking = Effect.tap(ask(request), (answer) => {
      held ||= answer === "go"
      return Effect.void
    })
    const end = (answer: Answer) => (answer === "stale" ? delivery.ack : delivery.nak(busyAfterMs))
    if (delivery.deliveries > 1 || (yield* delivery.age) > ackWaitMs) {
      const first = yield* Effect.raceFirst(insist(asking), sayInHand(delivery))
      if (first !== "go") return yield* Effect.as(end(first), "lost" as const)
    }
    const bus = yield* Bus
    const refused = yield* Deferred.make<Answer>()
    const confirm = Effect.flatMap(insist(asking), (answer) => {
      if (answer === "go") return Effect.void
      if (held) return Effect.fail(new Retry({ reason: `the lease is ${answer}`, uncounted: true }))
      return Effect.andThen(Deferred.succeed(refused, answer), Effect.never)
    })
    const lease = Lease.of({ confirm: Effect.provideService(confirm, Bus, bus) })
    const taken = Effect.map(renewUntilLost(asking, held ? renewEveryMs : askAfterMs), (answer) => (held ? "stale" : answer))
    const lost = Effect.raceAllFirst([taken, Deferred.await(refused), sayInHand(delivery)]).pipe(
      Effect.flatMap(end),
      Effect.as("lost" as const),
    )
    return yield* Effect.raceFirst(Effect.provideService(work(Effect.sync(() => held)), Lease, lease), lost)
  })

/** Runs work that needs no lease: only the server's ack wait is renewed. */
export const withoutLease = <A, E, R>(delivery: Delivery, work: (isHeld: Effect.Effect<boolean>) => Effect.Effect<A, E, R>) =>
  Effect.raceFirst(Effect.provideService(work(Effect.succeed(true)), Lease, Lease.of({ confirm: Effect.void })), sayInHand(delivery))
