import { crashPoint } from "@ci-fix-pilot/actor/crash-point"
import type { RunId } from "@ci-fix-pilot/contract/ids"
import { fixBranch } from "@ci-fix-pilot/contract/run-id"
import { Effect } from "effect"
import { createOrAdopt } from "./change-github.ts"
import { closingNote } from "./closing-note.ts"
import { author } from "./fix-commit.ts"
import { GitHub, type Pull } from "./GitHub.ts"
import { pullsOf } from "./our-pull-request.ts"

/**
 * Closes every open pull request of the run and deletes its branch. Gives the run's newest pull request as it stands then (undefined:
 * there never was one); a merged one stays as it is, and so does its branch.
 */
export const withdraw = Effect.fn("withdraw")(function* (repository: string, runId: RunId, reason: string) {
  const pulls = yield* pullsOf(repository, runId)
  const merged = pulls.find((pull) => pull.merged)
  if (merged !== undefined) return merged
  for (const pull of pulls.filter(({ state }) => state === "open")) {
    const now = yield* close(repository, pull, reason)
    if (now.merged) return now
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
  const github = yield* GitHub
  const head = github.branchHead(repository, branch).pipe(Effect.catchTag("NotFound", () => Effect.succeed(undefined)))
  const sha = yield* head
  if (sha === undefined) return
  const commit = yield* github.commit(repository, sha)
  if (commit.author.email !== author.email) {
    return yield* Effect.logInfo("the branch holds somebody's commit and stays", { branch, commit: sha })
  }
  const isGone = Effect.map(head, (now) => (now === undefined ? true : undefined))
  yield* createOrAdopt(Effect.as(github.deleteBranch(repository, branch), true), isGone).pipe(
    Effect.catchTag("NotFound", () => Effect.succeed(true)),
  )
})
