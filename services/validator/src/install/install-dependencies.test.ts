import { ConfigProvider, Effect, Layer } from "effect"
import { expect, it } from "vitest"
import { ownTemporary } from "../sandbox/own-temporary.ts"
import { Sandbox, type SandboxResult } from "../sandbox/Sandbox.ts"
import { installDependencies } from "./install-dependencies.ts"

/** A sandbox in which no program is found. */
const empty = Sandbox.of({
  user: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
  run: ({ command }) => {
    const text = `bash: line 1: ${command.split(" ")[0]}: command not found\n`
    const result: SandboxResult = { ended: "exited", exitCode: 127, durationMs: 1, output: { text, bytes: 0, truncated: false } }
    return Effect.succeed(result)
  },
  probe: Effect.succeed({ kind: "bubblewrap", version: "0.0.0", details: {} }),
  reap: () => Effect.succeed([]),
})

it.each(["go", "cargo"] as const)("a sandbox without %s says so, and is not asked again", async (installer) => {
  const work = Effect.gen(function* () {
    const directory = ownTemporary("sandbox")
    const [manifestsDir, targetDir, proxyDir] = [yield* directory, yield* directory, yield* directory]
    return yield* Effect.flip(installDependencies({ label: "test", installer, manifestsDir, targetDir, proxyDir }))
  })
  const layer = Layer.mergeAll(Layer.succeed(Sandbox, empty), ConfigProvider.layer(ConfigProvider.fromEnvRecord({})))
  expect(await Effect.runPromise(work.pipe(Effect.scoped, Effect.provide(layer)))).toMatchObject({
    _tag: "InstallFailed",
    kind: "no-program",
    reason: expect.stringContaining(`The sandbox has no ${installer}.`),
  })
})
