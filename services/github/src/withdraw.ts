import { crashPoint } from "@ci-fix-pilot/actor/crash-point"
import type { RunId } from "@ci-fix-pilot/contract/ids"
import { fixBranch } from "@ci-fix-pilot/contract/run-id"
import type { Target } from "@ci-fix-pilot/contract/values"
import { Effect } from "effect"
import { createOrAdopt } from "./change-github.ts"
import { closingNote } from "./closing-note.ts"
import { author } from "./fix-commit.ts"
import { GitHub, type Pull } from "./GitHub.ts"
import { pullsOf } from "./our-pull-request.ts"
import { headOf } from "./push-fix.ts"

/**
 * Leaves nothing of the run open: closes every open pull request from its branch and deletes that. Gives the run's newest pull request as
 * it stands then (undefined: there never was one). One that was merged stays as it is; only its branch goes.
 */
export const withdraw = Effect.fn("withdraw")(function* (target: Target, runId: RunId, reason: string) {
  const { repository } = target
  const { ours, others } = yield* pullsOf(target, runId)
  const isOpen = ({ state }: Pull) => state === "open"
  const merged = ours.find((pull) => pull.merged)
  if (merged !== undefined) return yield* tidyUp(repository, merged, [...ours, ...others].some(isOpen))
  for (const pull of ours.filter(isOpen)) {
    const now = yield* close(repository, pull, reason)
    if (now.merged) return yield* tidyUp(repository, now, others.some(isOpen))
  }
  for (const pull of others.filter(isOpen)) yield* close(repository, pull, reason)
  yield* crashPoint("github.close-pull-request:pull-closed")
  yield* deleteFixBranch(repository, fixBranch(runId))
  return ours[0]
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
const tidyUp = Effect.fnUntraced(function* (repository: string, merged: Pull, inUse: boolean) {
  const branch = merged.headRef
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
