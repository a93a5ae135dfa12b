import { expect, it } from "@effect/vitest"
import { ConfigProvider, Effect, Fiber, Layer } from "effect"
import { TestClock } from "effect/testing"
import { hangingDaemon } from "./docker-daemon-fixture.ts"
import { layer } from "./Sandbox.docker.ts"
import { sandboxSuite } from "./Sandbox.suite.ts"
import { Sandbox } from "./Sandbox.ts"
import { view } from "./sandbox-fixture.ts"

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

const begin = <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.forkChild(work, { startImmediately: true })
const request = Effect.map(view, (root) => ({ label: "hanging", command: "true", root }))

it.effect("waits no longer than a minute for a daemon that hangs", () =>
  Effect.gen(function* () {
    const { host, asked } = yield* hangingDaemon()
    yield* Effect.gen(function* () {
      const sandbox = yield* Sandbox
      const given = yield* request
      const reap = sandbox.reap(() => Effect.succeed(false))
      for (const work of [Effect.flip(sandbox.probe), Effect.flip(sandbox.run(given)), Effect.flip(reap)]) {
        const failing = yield* begin<unknown, unknown, never>(work)
        yield* asked
        yield* TestClock.adjust("1 minute")
        expect(yield* Fiber.join(failing)).toMatchObject({ _tag: "SandboxUnavailable", reason: expect.stringContaining("1 minute") })
      }
    }).pipe(Effect.provide(configured({ DOCKER_HOST: host })))
  }),
)

it.effect("can be interrupted while a daemon makes the container, and removes one that comes too late", () =>
  Effect.gen(function* () {
    const made = Promise.withResolvers<Response>()
    const { host, asked } = yield* hangingDaemon({ "POST /containers/create": () => made.promise })
    yield* Effect.gen(function* () {
      const running = yield* begin(Sandbox.use((sandbox) => Effect.flatMap(request, sandbox.run)))
      expect(yield* asked).toBe("POST /containers/create")
      yield* Fiber.interrupt(running)
      made.resolve(Response.json({ Id: "late" }, { status: 201 }))
      expect(yield* asked).toBe("DELETE /containers/late")
    }).pipe(Effect.provide(configured({ DOCKER_HOST: host })))
  }),
)

it.effect("waits no longer than a minute for a container to be removed", () =>
  Effect.gen(function* () {
    const { host, asked } = yield* hangingDaemon({ "POST /containers/create": () => Response.json({ Id: "stuck" }, { status: 201 }) })
    yield* Effect.gen(function* () {
      const running = yield* begin(Sandbox.use((sandbox) => Effect.flatMap(request, sandbox.run)))
      expect([yield* asked, yield* asked]).toEqual(["POST /containers/create", "POST /containers/stuck/attach"])
      const interruption = yield* begin(Fiber.interrupt(running))
      expect(yield* asked).toBe("DELETE /containers/stuck")
      yield* TestClock.adjust("1 minute")
      yield* Fiber.join(interruption)
    }).pipe(Effect.provide(configured({ DOCKER_HOST: host })))
  }),
)
