import { Retry, Terminal } from "@ci-fix-pilot/actor/outcome"
import { Effect, Random } from "effect"
import type { GitHubError } from "./GitHub.ts"

const second = 1_000
const longest = 16

/** The wait before dispatch `n + 1` of a command (ms): 1 to 16 s by the dispatch's number, the upper half of it at random. */
export const backoff = (commandId: string): Effect.Effect<number> => {
  const dispatch = Number(commandId.split("#")[1] ?? "1")
  const whole = Math.min(longest, 2 ** Math.max(0, (Number.isSafeInteger(dispatch) ? dispatch : 1) - 1)) * second
  return Effect.map(Random.next, (part) => Math.ceil(whole / 2 + (part * whole) / 2))
}

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
          return Effect.flatMap(backoff(commandId), (afterMs) => Effect.fail(new Retry({ reason: `GitHub: ${error.message}`, afterMs })))
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
