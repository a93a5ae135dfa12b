import type { RunId } from "@ci-fix-pilot/contract/ids"
import { fixBranch } from "@ci-fix-pilot/contract/run-id"
import type { PullRequest, Target } from "@ci-fix-pilot/contract/values"
import { Effect } from "effect"
import { GitHub, type Pull, type WorkflowRun } from "./GitHub.ts"
import { ownerAndName } from "./GitHubClient.ts"

/** Pull requests from the run's branch, in any state, newest first. */
export interface RunPulls {
  /** The run's own: those into the failing branch, or, when a person has turned it elsewhere, all there are. */
  readonly ours: ReadonlyArray<Pull>
  /** What a person has opened from our branch into another one. */
  readonly others: ReadonlyArray<Pull>
}

/** Every pull request that ever came from the run's branch in this repository (not from a fork's branch of the same name). */
export const pullsOf = Effect.fnUntraced(function* ({ repository, branch: failing }: Target, runId: RunId) {
  const branch = fixBranch(runId)
  const found = yield* GitHub.use((github) => github.pullsFrom(repository, ownerAndName(repository).owner, branch))
  const pulls = found.filter((pull) => pull.headRef === branch && isAtHome(pull))
  const intoFailing = pulls.filter(({ baseRef }) => baseRef === failing)
  const result: RunPulls =
    intoFailing.length === 0
      ? { ours: pulls, others: [] }
      : { ours: intoFailing, others: pulls.filter(({ baseRef }) => baseRef !== failing) }
  return result
})

/**
 * Whether something's branch lives in the repository itself, and in no fork. Both names are GitHub's: a repository that was renamed since
 * the failure is called by its new one.
 */
export const isAtHome = ({ headRepository, repository }: Pick<Pull | WorkflowRun, "headRepository" | "repository">): boolean =>
  headRepository?.toLowerCase() === repository.toLowerCase()

/** A pull request of ours as it is told to others. */
export const asPullRequest = ({ number, url, headRef, headSha, author }: Pull, adopted: boolean): PullRequest => ({
  number,
  url,
  branch: headRef,
  headSha,
  adopted,
  ...(author === undefined ? {} : { author: author.slice(0, 100) }),
})

/** The answer that it is merged: who did it, and which one it was, as its run may not know of any. */
export const wasMerged = Effect.fnUntraced(function* (repository: string, pull: Pull) {
  const { number } = pull
  const { mergedBy } = yield* GitHub.use((github) => github.pull(repository, number))
  const by = mergedBy === undefined ? {} : { by: mergedBy }
  return { type: "pull-request-merged" as const, data: { number, ...by, pullRequest: asPullRequest(pull, true) } }
})
