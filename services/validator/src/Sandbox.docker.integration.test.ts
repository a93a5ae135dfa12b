import { expect, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer } from "effect"
import { layer } from "./Sandbox.docker.ts"
import { sandboxSuite } from "./Sandbox.suite.ts"
import { Sandbox } from "./Sandbox.ts"

const configured = (settings: Record<string, string>) =>
  layer.pipe(Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnvRecord(settings))))

sandboxSuite("docker", "docker", configured({ CI_HEALING_SANDBOX_OWNER: "suite" }))

const failures = Effect.gen(function* () {
  const sandbox = yield* Sandbox
  return [yield* Effect.flip(sandbox.probe), yield* Effect.flip(sandbox.run({ label: "none", command: "true", root: "/tmp" }))]
})

it.live("says what to do when the image is missing", () =>
  Effect.gen(function* () {
    for (const failure of yield* failures)
      expect(failure).toMatchObject({ _tag: "SandboxUnavailable", remedy: expect.stringContaining("npm run images") })
  }).pipe(Effect.provide(configured({ CI_HEALING_SANDBOX_IMAGE: "ci-fix-pilot/no-such-image:1" }))),
)

it.live("says what to do when the daemon does not answer", () =>
  Effect.gen(function* () {
    for (const failure of yield* failures)
      expect(failure).toMatchObject({ _tag: "SandboxUnavailable", remedy: expect.stringContaining("Start Docker") })
  }).pipe(Effect.provide(configured({ DOCKER_HOST: "unix:///nonexistent/docker.sock" }))),
)

it.live("calls a runtime that the daemon does not know unavailable", () =>
  Effect.gen(function* () {
    const sandbox = yield* Sandbox
    const failure = yield* Effect.flip(sandbox.run({ label: "none", command: "true", root: "/tmp" }))
    expect(failure).toMatchObject({ _tag: "SandboxUnavailable", reason: expect.stringContaining("no-such-runtime") })
  }).pipe(Effect.provide(configured({ CI_HEALING_SANDBOX_RUNTIME: "no-such-runtime" }))),
)
