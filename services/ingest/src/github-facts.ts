import { type HttpError, invalid } from "@ci-fix-pilot/contract/http"
import { Branch, type CommitSha, type Repository } from "@ci-fix-pilot/contract/ids"
import { isOurBranch, runIdOf, runOfBranch } from "@ci-fix-pilot/contract/run-id"
import { isWebLink } from "@ci-fix-pilot/contract/web-link"
import { Effect, Result, Schema, SchemaParser } from "effect"
import type { Fact, Ignored } from "./fact.ts"
import { CheckRunPayload, PullRequestPayload, WorkflowRunPayload } from "./github-payload.ts"
import { plainLine } from "./plain-line.ts"

type WorkflowRun = typeof WorkflowRunPayload.Type
type CheckRun = typeof CheckRunPayload.Type
type PullRequest = typeof PullRequestPayload.Type
type Told = Fact | Ignored

const ignored = (why: string): Ignored => ({ ignored: why })
const isBranch = Schema.is(Branch)
const red: ReadonlySet<string | null> = new Set(["failure", "timed_out"])
const sameRepository = (one: string, other: string | undefined) => one.toLowerCase() === other?.toLowerCase()
const link = (url: string | null | undefined) => (url && isWebLink(url) ? { pipelineUrl: plainLine(url, 2_000) } : {})

/** Who went red, in the words that `workflow_run` and `check_run` share. */
interface Red {
  readonly repository: Repository
  readonly branch: string
  readonly commitSha: CommitSha
  readonly cause: string
  readonly attempt: number
}

const ciFailed = (red: Red, more: Omit<Extract<Fact["event"], { type: "ci-failed" }>["data"], "target">): Told => {
  const runId = runIdOf(red)
  const target = { provider: "github", repository: red.repository, branch: red.branch, commitSha: red.commitSha } as const
  return { repository: red.repository, key: runId, runId, event: { type: "ci-failed", data: { target, ...more } } }
}

const workflowFailed = ({ repository, workflow_run: run }: WorkflowRun, branch: string): Told => {
  const attempt = run.run_attempt ?? 1
  const name = run.name ?? "CI"
  return ciFailed(
    { repository: repository.full_name, branch, commitSha: run.head_sha, cause: `workflow:${run.workflow_id}`, attempt },
    {
      title: plainLine(run.display_title ?? `${name} failed on ${branch}`, 300),
      workflow: plainLine(name, 300),
      workflowRunId: run.id,
      runAttempt: attempt,
      fork: !sameRepository(
        repository.full_name,
        run.head_repository === undefined ? repository.full_name : run.head_repository?.full_name,
      ),
      ...link(run.html_url),
    },
  )
}

/** A check that another app than Actions made: all that is known is its name. */
const checkFailed = ({ repository, check_run: run }: CheckRun, branch: string): Told =>
  ciFailed(
    {
      repository: repository.full_name,
      branch,
      commitSha: run.head_sha,
      cause: `check:${run.app?.slug ?? "unknown"}:${run.name.slice(0, 300)}`,
      attempt: 1,
    },
    {
      title: plainLine(`${run.name} failed on ${branch}`, 300),
      errorType: plainLine(run.name, 300),
      ...link(run.details_url ?? run.html_url),
    },
  )

const conclusionOf = (action: string, conclusion: string | null): "pending" | "success" | "failure" | undefined => {
  if (action !== "completed") return "pending"
  if (conclusion === "success" || conclusion === "neutral" || conclusion === "skipped") return "success"
  return red.has(conclusion) || conclusion === "startup_failure" ? "failure" : undefined
}

interface OwnCheck {
  readonly repository: Repository
  readonly branch: string
  readonly headSha: CommitSha
  readonly number: number | undefined
  readonly conclusion: ReturnType<typeof conclusionOf>
}

/** A check on a pull request of ours. */
const ownChecks = ({ repository, branch, headSha, number, conclusion }: OwnCheck, bodySha256: string): Told => {
  const runId = runOfBranch(branch)
  if (runId === undefined) return ignored("a branch of ours without a run")
  if (number === undefined) return ignored("no pull request is named")
  if (conclusion === undefined) return ignored("the check neither passed nor failed")
  const event = { type: "pull-request-checks", data: { number, headSha, conclusion } } as const
  return { repository, key: `${event.type}:${bodySha256}`, runId, event }
}

const onWorkflowRun = (payload: WorkflowRun, bodySha256: string): Told => {
  const { action, repository, workflow_run: run } = payload
  if (run.head_branch === null || !isBranch(run.head_branch)) return ignored("no branch is named")
  if (isOurBranch(run.head_branch)) {
    if (run.head_repository != null && !sameRepository(repository.full_name, run.head_repository.full_name))
      return ignored("a fork's branch that looks like ours")
    return ownChecks(
      {
        repository: repository.full_name,
        branch: run.head_branch,
        headSha: run.head_sha,
        number: run.pull_requests?.[0]?.number,
        conclusion: conclusionOf(action, run.conclusion),
      },
      bodySha256,
    )
  }
  if (action !== "completed") return ignored(`workflow_run ${plainLine(action, 40)}`)
  return red.has(run.conclusion) ? workflowFailed(payload, run.head_branch) : ignored("the workflow run did not fail")
}

const onCheckRun = (payload: CheckRun, bodySha256: string): Told => {
  const { action, repository, check_run: run } = payload
  const branch = run.check_suite.head_branch
  if (run.app?.slug === "github-actions") return ignored("Actions reports its checks as workflow_run")
  if (branch === null || !isBranch(branch)) return ignored("no branch is named")
  if (isOurBranch(branch))
    return ownChecks(
      {
        repository: repository.full_name,
        branch,
        headSha: run.head_sha,
        number: run.pull_requests?.[0]?.number,
        conclusion: conclusionOf(action, run.conclusion),
      },
      bodySha256,
    )
  return action === "completed" && red.has(run.conclusion) ? checkFailed(payload, branch) : ignored("the check did not fail")
}

const onPullRequest = ({ action, repository, pull_request: pull, sender }: PullRequest, bodySha256: string): Told => {
  const runId = runOfBranch(pull.head.ref)
  // Anybody may name a fork's branch like ours: only a branch of this repository is ours.
  if (runId === undefined || !sameRepository(repository.full_name, pull.head.repo?.full_name)) return ignored("not a pull request of ours")
  if (action !== "closed") return ignored(`pull_request ${plainLine(action, 40)}`)
  const type = pull.merged === true ? "pull-request-merged" : "pull-request-closed"
  const by = pull.merged === true ? pull.merged_by?.login : sender?.login
  const which = pull.merged === true ? ourPullRequest(pull) : {}
  const event = { type, data: { number: pull.number, ...(by === undefined ? {} : { by: plainLine(by, 100) }), ...which } } as const
  return { repository: repository.full_name, key: `${type}:${bodySha256}`, runId, event }
}

/** The pull request itself, when its address is one that a page may link to. */
const ourPullRequest = ({ number, html_url: url = "", head }: PullRequest["pull_request"]) =>
  url.length <= 500 && isWebLink(url) ? { pullRequest: { number, url, branch: head.ref, headSha: head.sha, adopted: true } } : {}

const reader = <A>(event: string, schema: Schema.Codec<A, unknown>, tell: (payload: A, bodySha256: string) => Told) => {
  const decode = SchemaParser.decodeUnknownResult(schema, { errors: "all" })
  return (payload: unknown, bodySha256: string): Effect.Effect<Told, HttpError> => {
    const result = decode(payload)
    return Result.isFailure(result) ? Effect.fail(invalid(event, result.failure)) : Effect.succeed(tell(result.success, bodySha256))
  }
}

const readers = new Map([
  ["workflow_run", reader("workflow_run", WorkflowRunPayload, onWorkflowRun)],
  ["check_run", reader("check_run", CheckRunPayload, onCheckRun)],
  ["pull_request", reader("pull_request", PullRequestPayload, onPullRequest)],
])

/** What a native webhook of GitHub says, by its `X-GitHub-Event`. Fails with `invalid` when a payload we read has another shape. */
export const githubFact = (event: string, payload: unknown, bodySha256: string): Effect.Effect<Told, HttpError> => {
  if (event === "ping") return Effect.succeed(ignored("ping"))
  return readers.get(event)?.(payload, bodySha256) ?? Effect.succeed(ignored(`nothing to do for ${plainLine(event, 60)}`))
}
