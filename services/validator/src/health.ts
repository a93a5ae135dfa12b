/** The validator is ready when commands can run: else it says what to install or start. */
import { HealthCheck } from "@ci-fix-pilot/actor/health"
import { Effect, Layer } from "effect"
import * as sandbox from "./sandbox/Sandbox.live.ts"
import { Sandbox } from "./sandbox/Sandbox.ts"

const check = Effect.map(Sandbox, ({ probe }) =>
  probe.pipe(
    Effect.map(() => ({ ready: true, notes: [] })),
    Effect.catchTag("SandboxUnavailable", ({ message }) => Effect.succeed({ ready: false, notes: [message] })),
  ),
)

export const layer = Layer.effect(HealthCheck, check).pipe(Layer.provide(sandbox.layer))
