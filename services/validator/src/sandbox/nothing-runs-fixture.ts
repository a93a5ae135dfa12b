import { Effect, Layer } from "effect"
import { Sandbox } from "./Sandbox.ts"

/** Who owns views on this machine, for tests that need no sandbox. */
export const sandboxUser =
  process.getuid?.() === 0 ? { uid: 10001, gid: 10001 } : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }

/** A sandbox that is never used. */
export const nothingRuns = Layer.succeed(
  Sandbox,
  Sandbox.of({
    user: sandboxUser,
    run: () => Effect.die("no command runs here"),
    probe: Effect.die("not asked"),
    reap: () => Effect.succeed([]),
  }),
)
