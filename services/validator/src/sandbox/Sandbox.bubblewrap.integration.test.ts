import { expect, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer } from "effect"
import { layer } from "./Sandbox.bubblewrap.ts"
import { sandboxSuite } from "./Sandbox.suite.ts"
import { Sandbox } from "./Sandbox.ts"

const configured = (settings: Record<string, string>) =>
  layer.pipe(
    Layer.provide(
      ConfigProvider.layer(ConfigProvider.fromEnvRecord({ PATH: Bun.env["PATH"] ?? "", HOME: Bun.env["HOME"] ?? "", ...settings })),
    ),
  )

sandboxSuite("bubblewrap, limits by cgroup where there is one", "bubblewrap", configured({ CI_HEALING_SANDBOX_OWNER: "suite-auto" }))
sandboxSuite(
  "bubblewrap, limits by watchdog",
  "bubblewrap",
  configured({ CI_HEALING_SANDBOX_OWNER: "suite-watchdog", CI_HEALING_SANDBOX_LIMITS: "watchdog" }),
)

it.live("says what to install when there is no bubblewrap", () =>
  Effect.gen(function* () {
    const sandbox = yield* Sandbox
    const request = { label: "none", command: "true", root: "/tmp" }
    for (const failure of [yield* Effect.flip(sandbox.probe), yield* Effect.flip(sandbox.run(request))])
      expect(failure).toMatchObject({ _tag: "SandboxUnavailable", remedy: expect.stringContaining("apt-get install bubblewrap") })
  }).pipe(Effect.provide(configured({ CI_HEALING_SANDBOX_BUBBLEWRAP: "/nonexistent/bwrap" }))),
)
