import { expect, it } from "@effect/vitest"
import { ConfigProvider, Effect, Layer } from "effect"
import { layer } from "./Sandbox.live.ts"
import { Sandbox } from "./Sandbox.ts"

const noDocker = { DOCKER_HOST: "unix:///nonexistent/docker.sock" }
const noBubblewrap = { CI_HEALING_SANDBOX_BUBBLEWRAP: "/nonexistent/bwrap" }

/** bubblewrap may lie anywhere on PATH. */
const machine = { PATH: Bun.env["PATH"] ?? "" }

const probeWith = (settings: Record<string, string>) =>
  Sandbox.use((sandbox) => sandbox.probe).pipe(
    Effect.provide(layer.pipe(Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnvRecord({ ...machine, ...settings }))))),
  )

it.live("takes Docker when it is ready", () => Effect.map(probeWith({}), ({ kind }) => expect(kind).toBe("docker")))

it.live("takes bubblewrap when the daemon or the image is missing", () =>
  Effect.gen(function* () {
    expect((yield* probeWith(noDocker)).kind).toBe("bubblewrap")
    expect((yield* probeWith({ CI_HEALING_SANDBOX_IMAGE: "ci-fix-pilot/no-such-image:1" })).kind).toBe("bubblewrap")
  }),
)

it.live("takes what it is told", () =>
  Effect.gen(function* () {
    expect((yield* probeWith({ CI_HEALING_SANDBOX: "bubblewrap" })).kind).toBe("bubblewrap")
    expect((yield* Effect.flip(probeWith({ CI_HEALING_SANDBOX: "docker", ...noDocker })))._tag).toBe("SandboxUnavailable")
  }),
)

it.live("refuses with what to install when there is neither", () =>
  Effect.gen(function* () {
    expect(yield* Effect.flip(probeWith({ ...noDocker, ...noBubblewrap }))).toMatchObject({
      _tag: "SandboxUnavailable",
      sandbox: "none",
      remedy: expect.stringMatching(/Start Docker.*apt-get install bubblewrap/su),
    })
  }),
)

it.live("stops and names the variable when a setting makes no sense", () =>
  Effect.gen(function* () {
    const failure = yield* Effect.flip(probeWith({ CI_HEALING_SANDBOX: "chroot" }))
    expect(String(failure)).toContain("CI_HEALING_SANDBOX")
  }),
)
