/**
 * Gathers what is known of a red CI run: the failed jobs and steps, the digest of their logs, the workflow, the last green commit, and
 * whose change it is.
 *
 * *Consumes* `github.fetch-failure`. *Emits* `failure-fetched`, or `failure-unavailable` when there is nothing to go by.
 * *Safe to repeat because* it only reads, and stores the log under a key that is the run's.
 */
import * as Actor from "@ci-fix-pilot/actor/Actor"
import { Retry } from "@ci-fix-pilot/actor/outcome"
import type { AnswerTo, EventData } from "@ci-fix-pilot/contract/events"
import { isOurBranch } from "@ci-fix-pilot/contract/run-id"
import type { FailedJob, LogDigest, Target } from "@ci-fix-pilot/contract/values"
import { signatureOf } from "@ci-fix-pilot/failure/signature"
import { Effect } from "effect"
import { digestLogs } from "./digest-logs.ts"
import { findLastGreen } from "./find-last-green.ts"
import { findWorkflowRun, isRed } from "./find-workflow-run.ts"
import { GitHub, type GitHubError, type Job, type WorkflowRun } from "./GitHub.ts"
import { judgeOrigin, unknown } from "./judge-origin.ts"
import { settle } from "./settle.ts"

type Command = Actor.CommandOf<"github.fetch-failure">
type Answer = AnswerTo<"github.fetch-failure">

/** What an answer tells at most, so that it stays a message: jobs, steps of each, characters of a name, bytes of a workflow. */
const [mostJobs, mostSteps, mostName, mostWorkflow] = [20, 5, 200, 65_536]

export const handle = Effect.fn("github.fetch-failure")(
  function* (command: Command) {
    const { target, given } = command.data
    if (isOurBranch(target.branch)) return unavailable(`${target.branch} is a branch of ci-fix-pilot itself`)
    if (target.provider !== "github")
      return given === undefined ? unavailable(`${target.provider} sent no error log`) : fromElsewhere(given)

    const orGiven = given === undefined ? <A, R>(ask: Effect.Effect<A, GitHubError, R>) => ask : asFarAsAllowed
    const run = yield* orGiven(findWorkflowRun(command.data))
    const failed = run === undefined ? [] : ((yield* orGiven(failedJobs(target, run))) ?? [])
    const known = yield* Effect.all(
      {
        digest: run === undefined ? Effect.undefined : orGiven(digestLogs(command.runId, target.repository, run, failed)),
        origin: judgeOrigin(target, run),
        lastGreenCommit: findLastGreen(target, run),
        workflow: workflowText(target, run),
      },
      { concurrency: "unbounded" },
    )
    const digest = known.digest ?? given?.digest
    if (digest === undefined) return yield* nothing(target, run, failed)
    const { origin, lastGreenCommit, workflow } = known
    return fetched({
      failedJobs: failed.length === 0 ? (given?.failedJobs ?? []) : failed.slice(0, mostJobs).map(toFailedJob),
      digest,
      signature: signatureOf(digest),
      ...(workflow === undefined ? {} : { workflow }),
      ...(lastGreenCommit === undefined ? {} : { lastGreenCommit }),
      ...origin,
    })
  },
  (work, command) => settle(command.id)(work),
)

/** Where the webhook itself brought a log, nobody needs the right to read workflows: what may not be read is left out. */
const asFarAsAllowed = <A, R>(ask: Effect.Effect<A, GitHubError, R>) =>
  Effect.catchTag(ask, "Forbidden", (error) =>
    Effect.as(Effect.logWarning("the webhook's word must do", { why: error.message }), undefined),
  )

const failedJobs = Effect.fnUntraced(function* ({ repository }: Target, run: WorkflowRun) {
  const jobs = yield* GitHub.use((github) => github.jobs(repository, run.id, run.attempt))
  return jobs.filter((job) => isRed(job.conclusion))
})

const toFailedJob = ({ id, name, steps }: Job): FailedJob => ({
  id,
  name: name.slice(0, mostName),
  steps: steps
    .filter((step) => isRed(step.conclusion))
    .slice(0, mostSteps)
    .map((step) => step.name.slice(0, mostName)),
})

/** The workflow file as it was at the failing commit, if it is one and not huge. */
const workflowText = Effect.fnUntraced(function* ({ repository, commitSha }: Target, run: WorkflowRun | undefined) {
  if (run === undefined) return undefined
  const text = yield* GitHub.use((github) => github.fileText(repository, run.path, commitSha)).pipe(
    // A workflow that no file defines (GitHub's own), or that is not at this commit.
    Effect.catchTags({ NotFound: () => Effect.succeed(undefined), Garbled: () => Effect.succeed(undefined) }),
  )
  return text === undefined || Buffer.byteLength(text) > mostWorkflow ? undefined : { path: run.path, text }
})

const nothing = Effect.fnUntraced(function* (target: Target, run: WorkflowRun | undefined, failed: ReadonlyArray<Job>) {
  if (run === undefined) return unavailable(`no red workflow run of ${target.commitSha} was found, and the webhook brought no error log`)
  if (run.conclusion === "startup_failure") return unavailable(`GitHub could not start ${run.path}: look at the workflow file`)
  if (failed.length > 0 && run.conclusion === undefined)
    return yield* new Retry({ reason: "the logs are not there before the workflow ends", afterMs: 10_000 })
  if (failed.length > 0) return unavailable("GitHub no longer has the logs of the failed jobs")
  return unavailable(`no job of the workflow run ended red (it ended with ${run.conclusion ?? "nothing yet"})`)
})

/** A CI we cannot ask: what it sent is all there is, and nobody vouches for the author. */
const fromElsewhere = (given: { readonly digest: LogDigest; readonly failedJobs?: ReadonlyArray<FailedJob> }): Answer =>
  fetched({
    failedJobs: given.failedJobs ?? [],
    digest: given.digest,
    signature: signatureOf(given.digest),
    author: unknown,
    fork: false,
    headMoved: false,
  })

const fetched = (data: EventData<"failure-fetched">): Answer => ({ type: "failure-fetched", data })
const unavailable = (why: string): Answer => ({ type: "failure-unavailable", data: { why: why.slice(0, 2_000) } })

export const layer = Actor.make({ name: "github.fetch-failure", handle, concurrency: 4 })
