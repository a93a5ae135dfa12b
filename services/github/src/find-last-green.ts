import type { CommitSha } from "@ci-fix-pilot/contract/ids"
import type { Target } from "@ci-fix-pilot/contract/values"
import { Effect } from "effect"
import { GitHub, type WorkflowRun } from "./GitHub.ts"

/** How many green commits of a branch are asked whether they are ancestors: each costs a request. */
const mostCandidates = 5

/**
 * The newest commit known to be green before the failing one, always an ancestor of it: of the same workflow on the same branch, else
 * on the default branch, else where the branch left the default branch (a guess that the sandbox checks). Undefined when there is none.
 */
export const findLastGreen = Effect.fn("findLastGreen")(function* (target: Target, run: WorkflowRun | undefined) {
  const { repository, branch, commitSha } = target
  const github = yield* GitHub
  const isAncestor = (sha: string) =>
    github.compare(repository, sha, commitSha).pipe(
      Effect.map((comparison) => comparison.isAncestor),
      // Force-pushed away, or of a fork that GitHub does not compare with.
      Effect.catchTag("NotFound", () => Effect.succeed(false)),
    )
  const greenOn = Effect.fnUntraced(function* (name: string) {
    if (run === undefined) return undefined
    const runs = yield* github
      .successfulRuns(repository, run.workflowId, name)
      .pipe(Effect.catchTag("NotFound", () => Effect.succeed<ReadonlyArray<WorkflowRun>>([])))
    const commits = [...new Set(runs.map(({ headSha }) => headSha))].filter((sha) => sha !== commitSha)
    for (const sha of commits.slice(0, mostCandidates)) if (yield* isAncestor(sha)) return sha
    return undefined
  })

  const own: CommitSha | undefined = yield* greenOn(branch)
  if (own !== undefined) return own
  const { defaultBranch } = yield* github.repository(repository)
  if (defaultBranch === branch) return undefined
  const ofDefault = yield* greenOn(defaultBranch)
  if (ofDefault !== undefined) return ofDefault
  const { mergeBase } = yield* github
    .compare(repository, defaultBranch, commitSha)
    .pipe(Effect.catchTag("NotFound", () => Effect.succeed({ mergeBase: commitSha })))
  return mergeBase === commitSha ? undefined : mergeBase
})
