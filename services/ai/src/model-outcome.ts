import { Retry, Terminal } from "@ci-fix-pilot/actor/outcome"
import { Effect } from "effect"
import type { ModelFailure } from "./Model.ts"

/** The first wait after a failure that names no time, doubled with every dispatch of the command (ms). */
const firstWaitMs = 1_000
const longestWaitMs = 16_000

/** How long to wait before a command is tried again: 1 to 16 s by its dispatch, and up to a half more by its id, so that not all come back at once. */
export const waitMs = (commandId: string): number => {
  const dispatch = Number(commandId.split("#")[1] ?? 0)
  const doublings = Number.isFinite(dispatch) ? Math.min(Math.max(0, dispatch), 10) : 0
  const spread = (Number(Bun.hash.xxHash32(commandId)) % 1_000) / 2_000
  return Math.floor(Math.min(longestWaitMs, firstWaitMs * 2 ** doublings) * (1 + spread))
}

/** What a model's failure means for the command: a wait that does not count, another try, the end, or, in words, nothing to propose. */
export const answerFailure = (failure: ModelFailure, commandId: string): Effect.Effect<string, Retry | Terminal> => {
  switch (failure._tag) {
    case "RateLimited":
      return Effect.fail(new Retry({ reason: failure.reason, afterMs: failure.afterMs, uncounted: true }))
    case "ModelAway":
      return Effect.fail(new Retry({ reason: failure.reason, afterMs: waitMs(commandId) }))
    case "VendorRefused":
      return Effect.fail(new Terminal({ reason: `the model's key, account or name is refused: ${failure.reason}` }))
    case "RequestRefused":
      return Effect.succeed(`the model does not take the prompt: ${failure.reason}`)
    case "TooExpensive":
      return Effect.succeed(`$${failure.budgetUsd} do not pay for ${failure.promptTokens} tokens of prompt and an answer`)
    case "NoModel":
      return Effect.succeed("no model is configured")
  }
}
