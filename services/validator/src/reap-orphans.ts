/** Ends the sandboxes that nobody waits for, at the start and every 20 s: those of processes that died, and of work that was given up. */
import { Effect, Layer, Schedule } from "effect"
import { Sandbox } from "./sandbox/Sandbox.ts"
import { Tries } from "./Tries.ts"

const every = "20 seconds"

const reap = Effect.gen(function* () {
  const tries = yield* Tries
  const removed = yield* (yield* Sandbox).reap(tries.isAtWork)
  if (removed.length > 0) yield* Effect.logWarning("ended sandboxes that nobody waits for", { removed })
}).pipe(
  Effect.catchTag("SandboxUnavailable", (error) => Effect.logDebug("nothing can be reaped now", error.message)),
  Effect.tapCause((cause) => Effect.logError("reaping failed and goes on", cause)),
  Effect.exit,
)

export const layer = Layer.effectDiscard(Effect.forkScoped(Effect.repeat(reap, Schedule.spaced(every))))
