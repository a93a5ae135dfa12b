import { Lease } from "@ci-fix-pilot/actor/Lease"
import type { Retry } from "@ci-fix-pilot/actor/outcome"
import { Effect } from "effect"
import { GitHub, type GitHubError } from "./GitHub.ts"

/** One change of GitHub: not before its turn, and only under a lease that was good a moment ago. */
export const change = Effect.fnUntraced(function* <A>(mutation: Effect.Effect<A, GitHubError>) {
  yield* GitHub.use((github) => github.turn)
  yield* Lease.use((lease) => lease.confirm)
  return yield* mutation
})

/**
 * Creates something or adopts it. When it cannot be known whether the change happened, or GitHub says that something is in its place,
 * `find` looks: what it finds is the result. A garbled answer with nothing there is tried once more; Conflict with nothing there fails.
 */
export const createOrAdopt = <A, R>(
  create: Effect.Effect<A, GitHubError>,
  find: Effect.Effect<A | undefined, GitHubError, R>,
): Effect.Effect<A, GitHubError | Retry, R | GitHub | Lease> => {
  const look = <B, R2>(error: GitHubError, otherwise: Effect.Effect<B, GitHubError | Retry, R2>) =>
    Effect.gen(function* () {
      yield* Effect.logInfo("GitHub's answer leaves open what happened: looking", { why: error.message })
      const found = yield* find
      return found === undefined ? yield* otherwise : found
    })
  const finding = (error: GitHubError) => look(error, Effect.fail(error))
  const again = change(create).pipe(Effect.catchTags({ Unclear: finding, Garbled: finding, Conflict: finding }))
  return change(create).pipe(Effect.catchTags({ Unclear: finding, Conflict: finding, Garbled: (error: GitHubError) => look(error, again) }))
}
