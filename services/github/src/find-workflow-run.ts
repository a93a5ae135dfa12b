import type { CommandData } from "@ci-fix-pilot/contract/commands"
import { Effect } from "effect"
import { GitHub, type WorkflowRun } from "./GitHub.ts"

const red = new Set(["failure", "timed_out", "startup_failure"])

/** Whether a run, job or step ended red, in GitHub's words. */
export const isRed = (conclusion: string | undefined): boolean => conclusion !== undefined && red.has(conclusion)

/** The run id in an address such as `https://github.com/o/r/actions/runs/123/job/456`. The address itself is never fetched. */
export const runIdIn = (pipelineUrl: string | undefined): number | undefined => {
  const id = Number(/\/actions\/runs\/(\d{1,15})(?:[/?#]|$)/u.exec(pipelineUrl ?? "")?.[1])
  return Number.isSafeInteger(id) && id > 0 ? id : undefined
}

/**
 * The workflow run that the failure is about: the one named, else the newest of the commit that is red (or, when none has ended red,
 * that still runs: a webhook sent from inside a workflow comes before its end). Undefined when there is none, or the one named is of another commit.
 */
export const findWorkflowRun = Effect.fn("findWorkflowRun")(function* (about: CommandData<"github.fetch-failure">) {
  const github = yield* GitHub
  const { repository, commitSha } = about.target
  const named = about.workflowRunId ?? runIdIn(about.pipelineUrl)
  if (named !== undefined) {
    const run = yield* github
      .workflowRun(repository, named, about.runAttempt)
      .pipe(Effect.catchTag("NotFound", () => Effect.succeed(undefined)))
    return run?.headSha === commitSha ? run : undefined
  }
  const runs: ReadonlyArray<WorkflowRun> = yield* github
    .workflowRunsAt(repository, commitSha)
    .pipe(Effect.catchTag("NotFound", () => Effect.succeed([])))
  const ofCommit = runs.filter((run) => run.headSha === commitSha)
  return ofCommit.find((run) => isRed(run.conclusion)) ?? ofCommit.find((run) => run.conclusion === undefined)
})
