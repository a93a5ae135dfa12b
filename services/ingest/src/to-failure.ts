import { type HttpError, invalid } from "@ci-fix-pilot/contract/http"
import { isOurBranch, runIdOf } from "@ci-fix-pilot/contract/run-id"
import type { FailedJob } from "@ci-fix-pilot/contract/values"
import { digestText } from "@ci-fix-pilot/failure/digest"
import { signatureOf } from "@ci-fix-pilot/failure/signature"
import { Effect, Result, SchemaParser } from "effect"
import type { Fact, Ignored } from "./fact.ts"
import { plainLine } from "./plain-line.ts"
import { WebhookBody } from "./webhook-body.ts"

/** An event stays small: jobs and steps beyond these are left to whoever fetches the whole failure. */
const maxJobs = 20
const maxSteps = 10

const decode = SchemaParser.decodeUnknownResult(WebhookBody, { errors: "all" })

const jobsOf = (body: WebhookBody): ReadonlyArray<FailedJob> =>
  (body.failedJobs ?? []).slice(0, maxJobs).map(({ id, name, steps }) => ({
    ...(id === undefined ? {} : { id }),
    name: plainLine(name, 300),
    steps: steps.slice(0, maxSteps).map((step) => plainLine(step, 300)),
  }))

const titleOf = (body: WebhookBody, jobs: ReadonlyArray<FailedJob>): string => {
  if (body.errorType !== undefined) return plainLine(body.errorType, 300)
  const names = jobs.map(({ name }) => name).join(", ")
  return plainLine(`${body.workflow ?? "CI"}${names === "" ? "" : ` (${names})`} failed on ${body.branch}`, 300)
}

/** The failure that a CI posted. A workflow's id names it; without one, what its log says does. Fails with `invalid`. */
export const toFailure = (value: unknown): Effect.Effect<Fact | Ignored, HttpError> => {
  const result = decode(value)
  if (Result.isFailure(result)) return Effect.fail(invalid("webhook", result.failure))
  const body = result.success
  const { provider, repository, branch, commitSha, workflowRunId, runAttempt } = body
  if (isOurBranch(branch)) return Effect.succeed({ ignored: "a branch of ours never starts a run" })
  const digest = digestText(body.errorLog)
  const signature = signatureOf(digest)
  const cause = body.workflowId === undefined ? `log:${signature}` : `workflow:${body.workflowId}`
  const runId = runIdOf({ repository, branch, commitSha, cause, attempt: runAttempt ?? 1 })
  const failedJobs = jobsOf(body)
  return Effect.succeed({
    repository,
    key: runId,
    runId,
    event: {
      type: "ci-failed",
      data: {
        target: { provider, repository, branch, commitSha },
        title: titleOf(body, failedJobs),
        signature,
        digest,
        ...(workflowRunId === undefined ? {} : { workflowRunId }),
        ...(runAttempt === undefined ? {} : { runAttempt }),
        ...(body.workflow === undefined ? {} : { workflow: plainLine(body.workflow, 300) }),
        ...(body.pipelineUrl === undefined ? {} : { pipelineUrl: plainLine(body.pipelineUrl, 2_000) }),
        ...(body.errorType === undefined ? {} : { errorType: plainLine(body.errorType, 2_000) }),
        ...(failedJobs.length === 0 ? {} : { failedJobs }),
        ...(body.fork === undefined ? {} : { fork: body.fork }),
      },
    },
  })
}
