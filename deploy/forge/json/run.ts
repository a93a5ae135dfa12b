import { fullName } from "../git/repositories.ts"
import type { Json } from "../http/answer.ts"
import type { JobRow, PullRow, RepositoryRow, RunRow } from "../store/rows.ts"
import type { World } from "../world.ts"
import { simpleCommitJson } from "./commit.ts"
import { minimalRepositoryJson, repositoryUrl, webUrl } from "./repository.ts"
import { nodeId, numberOf, userJson } from "./user.ts"

/** A workflow's number follows from its path. */
export const workflowId = (repository: RepositoryRow, path: string): number =>
  5_000_000 + (numberOf(`${repository.id} ${path}`) % 1_000_000)
/** A check suite's number follows from its run's. */
export const checkSuiteId = (run: RunRow): number => run.id + 40_000_000

/** The open pull requests whose head is this run's branch, in the short form that runs carry. As on GitHub, none for a fork's run. */
export const runPulls = (world: World, repository: RepositoryRow, run: Pick<RunRow, "headBranch" | "headRepository">): Array<Json> => {
  const own = fullName(repository)
  if (run.headRepository !== own) return []
  return world.store.pulls
    .all()
    .filter((pull) => pull.state === "open" && pull.repository === own && pull.headRepository === own && pull.headRef === run.headBranch)
    .map((pull) => shortPull(world, repository, pull))
}

const shortPull = (world: World, repository: RepositoryRow, pull: PullRow): Json => {
  const repo = { id: repository.id, url: repositoryUrl(world, repository), name: repository.name }
  return {
    id: pull.id,
    number: pull.number,
    url: `${repositoryUrl(world, repository)}/pulls/${pull.number}`,
    head: { ref: pull.headRef, sha: pull.headSha, repo },
    base: { ref: pull.baseRef, sha: pull.baseSha, repo },
  }
}

/** A workflow; the forge knows those that have run. */
export const workflowJson = (world: World, repository: RepositoryRow, path: string, name: string): Json => {
  const id = workflowId(repository, path)
  const url = `${repositoryUrl(world, repository)}/actions/workflows/${id}`
  return {
    id,
    node_id: nodeId("W", id),
    name,
    path,
    state: "active",
    created_at: repository.createdAt,
    updated_at: repository.createdAt,
    url,
    html_url: `${webUrl(world, repository)}/blob/${repository.defaultBranch}/${path}`,
    badge_url: `${webUrl(world, repository)}/workflows/${encodeURIComponent(name)}/badge.svg`,
  }
}

/** One attempt of a run. */
export const runJson = async (world: World, repository: RepositoryRow, run: RunRow): Promise<Json> => {
  const url = `${repositoryUrl(world, repository)}/actions/runs/${run.id}`
  const workflow = workflowId(repository, run.path)
  const head = world.repositories.byName(run.headRepository)
  const commit = await world.repositories.commit(head ?? repository, run.headSha)
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId("WFR", run.id),
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: run.path,
    display_title: run.title,
    run_number: run.number,
    run_attempt: run.attempt,
    event: run.event,
    status: "completed",
    conclusion: run.conclusion,
    workflow_id: workflow,
    check_suite_id: checkSuiteId(run),
    check_suite_node_id: nodeId("CS", checkSuiteId(run)),
    url,
    html_url: `${webUrl(world, repository)}/actions/runs/${run.id}`,
    pull_requests: runPulls(world, repository, run),
    created_at: run.createdAt,
    updated_at: run.updatedAt,
    run_started_at: run.startedAt,
    actor: userJson(world, run.actor),
    triggering_actor: userJson(world, run.actor),
    referenced_workflows: [],
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    check_suite_url: `${repositoryUrl(world, repository)}/check-suites/${checkSuiteId(run)}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: run.attempt > 1 ? `${url}/attempts/${run.attempt - 1}` : null,
    workflow_url: `${repositoryUrl(world, repository)}/actions/workflows/${workflow}`,
    head_commit: commit === undefined ? null : simpleCommitJson(commit),
    repository: minimalRepositoryJson(world, repository),
    head_repository: minimalRepositoryJson(world, head ?? repository),
  }
}

/** A job with its steps. */
export const jobJson = (world: World, repository: RepositoryRow, run: RunRow, job: JobRow): Json => {
  const url = `${repositoryUrl(world, repository)}/actions/jobs/${job.id}`
  return {
    id: job.id,
    run_id: run.id,
    run_url: `${repositoryUrl(world, repository)}/actions/runs/${run.id}`,
    run_attempt: run.attempt,
    node_id: nodeId("CR", job.id),
    head_sha: run.headSha,
    head_branch: run.headBranch,
    workflow_name: run.name,
    url,
    html_url: `${webUrl(world, repository)}/actions/runs/${run.id}/job/${job.id}`,
    status: "completed",
    conclusion: job.conclusion,
    created_at: run.createdAt,
    started_at: job.startedAt,
    completed_at: job.completedAt,
    name: job.name,
    steps: job.steps.map((step) => ({
      name: step.name,
      status: "completed",
      conclusion: step.conclusion,
      number: step.number,
      started_at: step.startedAt,
      completed_at: step.completedAt,
    })),
    check_run_url: `${repositoryUrl(world, repository)}/check-runs/${job.id}`,
    labels: ["ubuntu-latest"],
    runner_id: 1,
    runner_name: "forge",
    runner_group_id: 1,
    runner_group_name: "Default",
  }
}
