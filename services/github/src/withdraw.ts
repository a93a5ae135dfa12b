import { crashPoint } from "@ci-fix-pilot/actor/crash-point"
import type { RunId } from "@ci-fix-pilot/contract/ids"
import { fixBranch } from "@ci-fix-pilot/contract/run-id"
import { Effect } from "effect"
import { createOrAdopt } from "./change-github.ts"
import { closingNote } from "./closing-note.ts"
import { author } from "./fix-commit.ts"
import { GitHub, type Pull } from "./GitHub.ts"
import { pullsOf } from "./our-pull-request.ts"
import { headOf } from "./push-fix.ts"

/**
 * Leaves nothing of the run open: closes every open pull request of it and deletes its branch. Gives the run's newest pull request as it
 * stands then (undefined: there never was one). One that was merged stays as it is; only its branch goes.
 */
export const withdraw = Effect.fn("withdraw")(function* (repository: string, runId: RunId, reason: string) {
  const pulls = yield* pullsOf(repository, runId)
  const merged = pulls.find((pull) => pull.merged)
  if (merged !== undefined) return yield* tidyUp(repository, merged, pulls)
  for (const pull of pulls.filter(({ state }) => state === "open")) {
    const now = yield* close(repository, pull, reason)
    if (now.merged) return yield* tidyUp(repository, now, pulls)
  }
  yield* crashPoint("github.close-pull-request:pull-closed")
  yield* deleteFixBranch(repository, fixBranch(runId))
  return pulls[0]
})

/** Closes one pull request and says why at the top of its text. The answer may tell that it was merged a moment before. */
const close = Effect.fnUntraced(function* (repository: string, pull: Pull, reason: string) {
  const github = yield* GitHub
  const lookAgain = github.pull(repository, pull.number)
  return yield* createOrAdopt(
    github.closePull(repository, pull.number, closingNote(pull.body, reason)),
    Effect.map(lookAgain, (now) => (now.state === "closed" ? now : undefined)),
  )
})

/** Deletes the run's branch, unless somebody added commits of their own to it. */
const deleteFixBranch = Effect.fnUntraced(function* (repository: string, branch: string) {
  const sha = yield* headOf(repository, branch)
  if (sha === undefined) return
  const commit = yield* GitHub.use((github) => github.commit(repository, sha))
  if (commit.author.email !== author.email) {
    return yield* Effect.logInfo("the branch holds somebody's commit and stays", { branch, commit: sha })
  }
  yield* deleteBranch(repository, branch)
})

/**
 * Deletes the branch of what was merged, whoever did it: GitHub can restore it. It stays where somebody went on with it, and where we have
 * no right to delete it: nothing depends on that.
 */
const tidyUp = Effect.fnUntraced(function* (repository: string, merged: Pull, pulls: ReadonlyArray<Pull>) {
  const branch = merged.headRef
  const inUse = pulls.some((pull) => pull.state === "open" && pull.number !== merged.number)
  const head = yield* headOf(repository, branch)
  if (head !== merged.headSha || inUse) return merged
  const stays = (error: { readonly message: string }) => Effect.logInfo("the merged branch stays", { branch, why: error.message })
  yield* deleteBranch(repository, branch).pipe(Effect.catchTags({ Forbidden: stays, Conflict: stays }))
  return merged
})

const deleteBranch = Effect.fnUntraced(function* (repository: string, branch: string) {
  const github = yield* GitHub
  const isGone = Effect.map(headOf(repository, branch), (now) => (now === undefined ? true : undefined))
  yield* createOrAdopt(Effect.as(github.deleteBranch(repository, branch), true), isGone).pipe(
    Effect.catchTag("NotFound", () => Effect.succeed(true)),
  )
})
