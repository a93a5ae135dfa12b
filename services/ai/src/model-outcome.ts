import { backoffMs } from "@ci-fix-pilot/actor/backoff"
import { Retry, Terminal } from "@ci-fix-pilot/actor/outcome"
import { Effect } from "effect"
import type { ModelFailure } from "./Model.ts"

/** Tries the command again after a while that grows with its dispatches, as the failure names no time. */
export const tryAgain = (reason: string, commandId: string): Effect.Effect<never, Retry> =>
  Effect.flatMap(backoffMs(commandId), (afterMs) => Effect.fail(new Retry({ reason, afterMs })))

/** What a model's failure means for the command: a wait that does not count, another try, the end, or, in words, nothing to propose. */
export const answerFailure = (failure: ModelFailure, commandId: string): Effect.Effect<string, Retry | Terminal> => {
  switch (failure._tag) {
    case "RateLimited":
      return Effect.fail(new Retry({ reason: failure.reason, afterMs: failure.afterMs, uncounted: true }))
    case "ModelAway":
      return tryAgain(failure.reason, commandId)
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
