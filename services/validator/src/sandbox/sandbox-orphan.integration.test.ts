import { spawn } from "node:child_process"
import { join } from "node:path"
import { expect, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer } from "effect"
import { layer as bubblewrap } from "./Sandbox.bubblewrap.ts"
import { layer as docker } from "./Sandbox.docker.ts"
import { Sandbox, type SandboxKind } from "./Sandbox.ts"
import { isAlive, untilAlive, untilDead, view } from "./sandbox-fixture.ts"

const owner = { CI_HEALING_SANDBOX_OWNER: "suite-orphans" }
const configured = ConfigProvider.layer(
  ConfigProvider.fromEnvRecord({ PATH: Bun.env["PATH"] ?? "", HOME: Bun.env["HOME"] ?? "", ...owner }),
)

/** Starts a service of its own that runs `sleep token` in a sandbox, and kills it with -9 when the command runs. */
const killService = (kind: SandboxKind, token: string) =>
  Effect.gen(function* () {
    const root = yield* view
    const args = [join(import.meta.dirname, "sandbox-orphan-fixture.ts"), kind, root, `echo started; sleep ${token}`]
    const service = spawn(process.execPath, args, { env: { ...Bun.env, ...owner }, stdio: ["ignore", "pipe", "inherit"] })
    yield* Effect.addFinalizer(() => Effect.sync(() => service.kill("SIGKILL")))
    yield* Effect.callback<void>((resume) => {
      service.stdout.once("data", () => resume(Effect.void))
      service.once("exit", (code) => resume(Effect.die(`the service ended with ${code}`)))
    })
    yield* Effect.callback<void>((resume) => {
      service.removeAllListeners("exit").once("exit", () => resume(Effect.void))
      service.kill("SIGKILL")
    })
  })

it.live("a bubblewrap sandbox dies with the service that started it", () =>
  Effect.gen(function* () {
    yield* killService("bubblewrap", "57721")
    yield* untilDead("57721")
  }).pipe(Effect.provide(bubblewrap.pipe(Layer.provide(configured)))),
)

it.live("a container outlives the service that started it until another one reaps it", () =>
  Effect.gen(function* () {
    const sandbox = yield* Sandbox
    yield* killService("docker", "56692")
    expect(yield* sandbox.reap(() => Effect.succeed(true))).toEqual([])
    yield* untilAlive("56692")
    expect(yield* sandbox.reap(() => Effect.succeed(false))).toEqual(["orphan"])
    expect(yield* isAlive("56692")).toBe(false)
  }).pipe(Effect.provide(docker.pipe(Layer.provide(configured)))),
)
