import type { Commit } from "../git/commits.ts"
import type { Json } from "../http/answer.ts"
import type { JobRow, RepositoryRow, RunRow, StatusRow } from "../store/rows.ts"
import type { World } from "../world.ts"
import { actionsAppJson } from "./app.ts"
import { simpleCommitJson } from "./commit.ts"
import { minimalRepositoryJson, repositoryUrl, webUrl } from "./repository.ts"
import { checkSuiteId, runPulls } from "./run.ts"
import { nodeId, userJson } from "./user.ts"

/** A job as the check run that Actions reports it by; they share their number. */
export const checkRunJson = (world: World, repository: RepositoryRow, run: RunRow, job: JobRow): Json => {
  const html = `${webUrl(world, repository)}/actions/runs/${run.id}/job/${job.id}`
  const failed = job.conclusion === "failure"
  return {
    id: job.id,
    name: job.name,
    node_id: nodeId("CR", job.id),
    head_sha: run.headSha,
    external_id: `${run.id}-${job.id}`,
    url: `${repositoryUrl(world, repository)}/check-runs/${job.id}`,
    html_url: html,
    details_url: html,
    status: "completed",
    conclusion: job.conclusion,
    started_at: job.startedAt,
    completed_at: job.completedAt,
    output: {
      title: null,
      summary: null,
      text: null,
      annotations_count: failed ? 1 : 0,
      annotations_url: `${repositoryUrl(world, repository)}/check-runs/${job.id}/annotations`,
    },
    check_suite: { id: checkSuiteId(run) },
    app: actionsAppJson(world),
    pull_requests: runPulls(world, repository, run),
  }
}

/** A run as the check suite that Actions reports it by. */
export const checkSuiteJson = (world: World, repository: RepositoryRow, run: RunRow, commit: Commit): Json => {
  const url = `${repositoryUrl(world, repository)}/check-suites/${checkSuiteId(run)}`
  return {
    id: checkSuiteId(run),
    node_id: nodeId("CS", checkSuiteId(run)),
    head_branch: run.headBranch,
    head_sha: run.headSha,
    status: "completed",
    conclusion: run.conclusion,
    url,
    before: commit.parents[0] ?? null,
    after: run.headSha,
    pull_requests: runPulls(world, repository, run),
    app: actionsAppJson(world),
    repository: minimalRepositoryJson(world, repository),
    created_at: run.createdAt,
    updated_at: run.updatedAt,
    head_commit: simpleCommitJson(commit),
    latest_check_runs_count: run.jobs.length,
    check_runs_url: `${url}/check-runs`,
    rerequestable: true,
    runs_rerequestable: true,
  }
}

/** A commit status. */
export const statusJson = (world: World, repository: RepositoryRow, status: StatusRow): Json => ({
  id: status.id,
  node_id: nodeId("SC", status.id),
  url: `${repositoryUrl(world, repository)}/statuses/${status.sha}`,
  avatar_url: `${world.url}/_avatars/${status.creator}.png`,
  state: status.state,
  description: status.description,
  target_url: status.targetUrl,
  context: status.context,
  created_at: status.createdAt,
  updated_at: status.createdAt,
  creator: userJson(world, status.creator),
})
