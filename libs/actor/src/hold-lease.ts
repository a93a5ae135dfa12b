import { busyAfterMs, LeaseAnswer, type LeaseRequest, renewEveryMs } from "@ci-fix-pilot/contract/lease"
import { asks } from "@ci-fix-pilot/contract/subjects"
import { Effect, Schema } from "effect"
import { Bus, type Delivery } from "./Bus.ts"
import { Lease } from "./Lease.ts"
import { Retry } from "./outcome.ts"

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(LeaseAnswer))
const askTimeoutMs = 1_000

/** What the planner says of a lease; `silent` when it does not answer in time. */
const ask = (request: LeaseRequest) =>
  Bus.use((bus) => bus.ask(asks.lease, JSON.stringify(request), askTimeoutMs)).pipe(
    Effect.flatMap((text) => decode(text)),
    Effect.map((answer): "go" | "busy" | "stale" | "silent" => answer.lease),
    Effect.catch(() => Effect.succeed("silent" as const)),
  )

/** Renews until the lease is lost. A silent planner loses nothing: the work goes on, `confirm` holds back its effects. */
const renewUntilLost = (request: LeaseRequest, delivery: Delivery) =>
  Effect.gen(function* () {
    while (true) {
      yield* Effect.sleep(renewEveryMs)
      yield* delivery.working
      const answer = yield* ask(request)
      if (answer === "stale" || answer === "busy") return answer
    }
  })

const confirm = (request: LeaseRequest) =>
  Effect.flatMap(ask(request), (answer) =>
    answer === "go" ? Effect.void : Effect.fail(new Retry({ reason: `the lease is ${answer}`, uncounted: true })),
  )

/** Runs the work under a lease. `lost` when it was never had or was taken away: the delivery is then already ended. */
export const withLease = <A, E, R>(request: LeaseRequest, delivery: Delivery, work: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const first = yield* ask(request)
    if (first === "stale") return yield* Effect.as(delivery.ack, "lost" as const)
    if (first !== "go") return yield* Effect.as(delivery.nak(busyAfterMs), "lost" as const)
    const bus = yield* Bus
    const lease = Lease.of({ confirm: Effect.provideService(confirm(request), Bus, bus) })
    const lost = Effect.andThen(renewUntilLost(request, delivery), Effect.as(delivery.ack, "lost" as const))
    return yield* Effect.raceFirst(Effect.provideService(work, Lease, lease), lost)
  })

/** Runs work that needs no lease: only the server's ack wait is renewed. */
export const withoutLease = <A, E, R>(delivery: Delivery, work: Effect.Effect<A, E, R>) => {
  const renew = Effect.forever(Effect.andThen(Effect.sleep(renewEveryMs), delivery.working))
  return Effect.raceFirst(Effect.provideService(work, Lease, Lease.of({ confirm: Effect.void })), renew)
}
