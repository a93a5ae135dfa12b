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

/** A change that gives the same when it is made again (git objects are named by their content): a garbled answer is asked for once more. */
export const changeTwice = <A>(mutation: Effect.Effect<A, GitHubError>) =>
  change(mutation).pipe(Effect.catchTag("Garbled", () => change(mutation)))

/**
 * Creates something or adopts it. When it cannot be known whether the change happened, or GitHub says that something is in its place,
 * `find` looks: what it finds is the result. A garbled answer with nothing there is tried once more; Conflict with nothing there fails.
 */
export const createOrAdopt = <A, E, R>(
  create: Effect.Effect<A, GitHubError>,
  find: Effect.Effect<A | undefined, GitHubError | E, R>,
): Effect.Effect<A, GitHubError | Retry | E, R | GitHub | Lease> => {
  type Outcome = Effect.Effect<A, GitHubError | Retry | E, R | GitHub | Lease>
  const look = (error: GitHubError, otherwise: Outcome): Outcome =>
    Effect.gen(function* () {
      yield* Effect.logInfo("GitHub's answer leaves open what happened: looking", { why: error.message })
      const found = yield* find
      return found === undefined ? yield* otherwise : found
    })
  const finding = (error: GitHubError): Outcome => look(error, Effect.fail(error))
  const again: Outcome = change(create).pipe(Effect.catchTags({ Unclear: finding, Garbled: finding, Conflict: finding }))
  const onGarbled = (error: GitHubError): Outcome => look(error, again)
  return change(create).pipe(Effect.catchTags({ Unclear: finding, Conflict: finding, Garbled: onGarbled }))
}
