import { readJobLog, signLogPath } from "../ci/logs.ts"
import { fullName } from "../git/repositories.ts"
import { json, redirect } from "../http/answer.ts"
import { counted } from "../http/pages.ts"
import { notFound, Refusal } from "../http/refusal.ts"
import { onRepository, type RepositoryCall, type Route } from "../http/route.ts"
import { jobJson, runJson, workflowId, workflowJson } from "../json/run.ts"
import type { JobRow, RunRow } from "../store/rows.ts"

/** Every attempt of every run of the repository, newest first. */
export const attemptsOf = ({ world, repository }: Pick<RepositoryCall, "world" | "repository">): Array<RunRow> =>
  world.store.runs
    .all()
    .filter((run) => run.repository === fullName(repository))
    .sort((a, b) => b.id - a.id || b.attempt - a.attempt)

/** The newest attempt of each run. */
export const latestRuns = (call: Pick<RepositoryCall, "world" | "repository">): Array<RunRow> =>
  attemptsOf(call).filter((run, index, all) => all[index - 1]?.id !== run.id)

const runOf = (call: RepositoryCall, attempt?: number): RunRow => {
  const id = Number(call.param("run_id"))
  const found = attemptsOf(call).find((run) => run.id === id && (attempt === undefined || run.attempt === attempt))
  if (found === undefined) throw notFound()
  return found
}

const attemptOf = (call: RepositoryCall) => runOf(call, Number(call.param("attempt_number")))

const runs = (call: RepositoryCall, workflow?: string) => {
  const { world, repository, url, query } = call
  const is = (name: string, value: string) => query(name) === undefined || query(name) === value
  const found = latestRuns(call).filter(
    (run) =>
      (workflow === undefined || String(workflowId(repository, run.path)) === workflow || run.path.endsWith(`/${workflow}`)) &&
      is("branch", run.headBranch) &&
      is("head_sha", run.headSha) &&
      is("event", run.event) &&
      is("actor", run.actor) &&
      (query("status") === undefined || query("status") === "completed" || query("status") === run.conclusion),
  )
  return counted(url, "workflow_runs", found, (run) => runJson(world, repository, run))
}

const jobs = (call: RepositoryCall, run: RunRow) => {
  const earlier = call.query("filter") === "all" ? attemptsOf(call).filter((one) => one.id === run.id) : [run]
  const all = earlier.flatMap((one) => one.jobs.map((job) => ({ one, job })))
  return counted(call.url, "jobs", all, ({ one, job }) => jobJson(call.world, call.repository, one, job))
}

const jobOf = (call: RepositoryCall): { readonly run: RunRow; readonly job: JobRow } => {
  const id = Number(call.param("job_id"))
  for (const run of attemptsOf(call)) {
    const job = run.jobs.find((one) => one.id === id)
    if (job !== undefined) return { run, job }
  }
  throw notFound()
}

const gone = () => new Refusal({ status: 410, message: "The logs for this run have expired and are no longer available." })

const jobLog = (call: RepositoryCall) => {
  const { job } = jobOf(call)
  const { world } = call
  if (readJobLog(world.dir, job.id) === undefined) throw gone()
  return redirect(`${world.url}${signLogPath(world.logSecret, `/_logs/job/${job.id}`, world.now().getTime())}`)
}

const runLog = ({ world }: RepositoryCall, run: RunRow) => {
  if (run.jobs.every((job) => readJobLog(world.dir, job.id) === undefined)) throw gone()
  return redirect(`${world.url}${signLogPath(world.logSecret, `/_logs/run/${run.id}/${run.attempt}`, world.now().getTime())}`)
}

const workflows = (call: RepositoryCall) => {
  const known = new Map(attemptsOf(call).map((run) => [run.path, run.name]))
  return counted(call.url, "workflows", [...known], ([path, name]) => workflowJson(call.world, call.repository, path, name))
}

const workflow = (call: RepositoryCall) => {
  const wanted = call.param("workflow_id")
  const run = attemptsOf(call).find((one) => String(workflowId(call.repository, one.path)) === wanted || one.path.endsWith(`/${wanted}`))
  if (run === undefined) throw notFound()
  return json(workflowJson(call.world, call.repository, run.path, run.name))
}

/** Workflows, their runs, jobs and logs. */
export const runRoutes: ReadonlyArray<Route> = [
  onRepository("GET", "/actions/runs", "read", (call) => runs(call)),
  onRepository("GET", "/actions/runs/{run_id}", "read", async (call) => json(await runJson(call.world, call.repository, runOf(call)))),
  onRepository("GET", "/actions/runs/{run_id}/attempts/{attempt_number}", "read", async (call) =>
    json(await runJson(call.world, call.repository, attemptOf(call))),
  ),
  onRepository("GET", "/actions/runs/{run_id}/jobs", "read", (call) => jobs(call, runOf(call))),
  onRepository("GET", "/actions/runs/{run_id}/attempts/{attempt_number}/jobs", "read", (call) => jobs(call, attemptOf(call))),
  onRepository("GET", "/actions/runs/{run_id}/logs", "read", (call) => runLog(call, runOf(call))),
  onRepository("GET", "/actions/runs/{run_id}/attempts/{attempt_number}/logs", "read", (call) => runLog(call, attemptOf(call))),
  onRepository("GET", "/actions/jobs/{job_id}", "read", (call) => {
    const { run, job } = jobOf(call)
    return json(jobJson(call.world, call.repository, run, job))
  }),
  onRepository("GET", "/actions/jobs/{job_id}/logs", "read", jobLog),
  onRepository("GET", "/actions/workflows", "read", workflows),
  onRepository("GET", "/actions/workflows/{workflow_id}", "read", workflow),
  onRepository("GET", "/actions/workflows/{workflow_id}/runs", "read", (call) => runs(call, call.param("workflow_id"))),
]
