import { backoffMs } from "@ci-fix-pilot/actor/backoff"
import { Retry, Terminal } from "@ci-fix-pilot/actor/outcome"
import { Effect } from "effect"
import type { GitHubError } from "./GitHub.ts"

/**
 * Every error of GitHub that a handler did not answer itself, as the actor's two: a limit is waited for without counting the try,
 * an unclear answer is tried again, and what no repetition mends ends the command with its reason.
 */
export const settle =
  (commandId: string) =>
  <A, R>(work: Effect.Effect<A, GitHubError | Retry | Terminal, R>): Effect.Effect<A, Retry | Terminal, R> =>
    Effect.catch(work, (error): Effect.Effect<never, Retry | Terminal> => {
      switch (error._tag) {
        case "Retry":
        case "Terminal":
          return Effect.fail(error)
        case "RateLimited":
          return Effect.fail(new Retry({ reason: `GitHub: ${error.message}`, afterMs: error.afterMs, uncounted: true }))
        case "Unclear":
          return Effect.flatMap(backoffMs(commandId), (afterMs) => Effect.fail(new Retry({ reason: `GitHub: ${error.message}`, afterMs })))
        case "NotFound":
          return Effect.fail(new Terminal({ reason: `GitHub: ${error.message}, or the credential may not see it` }))
        case "Unauthorized":
          return Effect.fail(new Terminal({ reason: `GitHub refused the credential: ${error.message}` }))
        case "Forbidden":
          return Effect.fail(new Terminal({ reason: `GitHub forbids it: ${error.message}` }))
        case "Garbled":
          return Effect.fail(new Terminal({ reason: `GitHub answered twice with what is no answer: ${error.message}` }))
        case "Conflict":
          return Effect.fail(new Terminal({ reason: `GitHub refused: ${error.message}` }))
      }
    })
