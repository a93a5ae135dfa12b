import type { Service } from "@ci-fix-pilot/contract/ids"
import { Effect, Layer, Logger, Runtime } from "effect"
import manifest from "../package.json" with { type: "json" }
import * as NatsBus from "./Bus.nats.ts"
import type { Bus } from "./Bus.ts"
import { layer as crashPoints } from "./crash-point.ts"
import { Holder } from "./Holder.ts"
import { answerHealth } from "./health.ts"
import { jsonLogger } from "./log-json.ts"
import { Nats } from "./nats-connection.ts"
import * as NatsObjects from "./Objects.nats.ts"
import type { Objects } from "./Objects.ts"

const drainMs = 25_000

/** Exits 0 when the program ends, 1 when it fails, 130 when it was asked to stop; a stop that takes over 25 s is cut short. */
const runMain = Runtime.makeRunMain(({ fiber, teardown }) => {
  const stop = () => {
    fiber.interruptUnsafe()
    setTimeout(() => process.exit(1), drainMs).unref()
  }
  process.once("SIGINT", stop)
  process.once("SIGTERM", stop)
  fiber.addObserver((exit) => teardown(exit, (code) => process.exit(code)))
})

/** What every service needs of the world: the broker and its object store, and a name for the holder of a delivery. */
export const infrastructure = (service: string) =>
  Layer.mergeAll(NatsBus.layer, NatsObjects.layer, Holder.layer).pipe(Layer.provide(Nats.layer(service)))

/** JSON lines on stderr. */
export const logging = (service: string) => Logger.layer([jsonLogger(service)])

/** Runs a program as the process's only business: logs its failure as JSON and exits accordingly. */
export const runProgram = (name: string, program: Effect.Effect<unknown, unknown>) =>
  runMain(
    program.pipe(
      Effect.tapCause((cause) => Effect.logError("stopped", cause)),
      Effect.provide(logging(name)),
    ),
    { disableErrorReporting: true },
  )

/** Starting leaves much behind that is never needed again; a service that waits would keep it. */
const giveBack = Effect.sync(() => Bun.gc(true))

/** Runs one service as a process of its own, with everything it needs read from the environment. `health` provides its HealthCheck. */
export const run = <E>(
  service: Service,
  layer: Layer.Layer<never, E, Bus | Holder | Objects>,
  health: Layer.Layer<never, E> = Layer.empty,
) => {
  const everything = Layer.mergeAll(layer, answerHealth(service, manifest.version).pipe(Layer.provide(health))).pipe(
    Layer.provide(infrastructure(service)),
    Layer.provide(crashPoints),
  )
  const up = Effect.andThen(Effect.logInfo(`${service} is up`, { version: manifest.version }), Effect.delay(giveBack, "3 seconds"))
  return runProgram(service, Effect.scoped(Layer.build(everything).pipe(Effect.andThen(up), Effect.andThen(Effect.never))))
}
