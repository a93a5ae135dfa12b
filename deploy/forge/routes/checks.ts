import { Schema } from "effect"
import type { Commit } from "../git/commits.ts"
import { fullName } from "../git/repositories.ts"
import { loginOf } from "../http/access.ts"
import { created, json } from "../http/answer.ts"
import { counted, list, pageOf } from "../http/pages.ts"
import { notFound, unprocessable } from "../http/refusal.ts"
import { onRepository, type RepositoryCall, type Route } from "../http/route.ts"
import { checkRunJson, checkSuiteJson, statusJson } from "../json/check.ts"
import { minimalRepositoryJson, repositoryUrl } from "../json/repository.ts"
import { checkSuiteId } from "../json/run.ts"
import type { StatusRow } from "../store/rows.ts"
import { attemptsOf, latestRuns } from "./runs.ts"

const commitOf = async ({ world, repository }: RepositoryCall, name: string): Promise<Commit> => {
  const commit = await world.repositories.commit(repository, name)
  if (commit === undefined) throw unprocessable(`No commit found for SHA: ${name}`)
  return commit
}

const checkRuns = async (call: RepositoryCall) => {
  const { world, repository, query } = call
  const { oid } = await commitOf(call, call.param("ref"))
  const runs = query("filter") === "all" ? attemptsOf(call) : latestRuns(call)
  const found = runs
    .filter((run) => run.headSha === oid)
    .flatMap((run) => run.jobs.map((job) => ({ run, job })))
    .filter(({ job }) => (query("check_name") ?? job.name) === job.name && (query("status") ?? "completed") === "completed")
  return counted(call.url, "check_runs", found, ({ run, job }) => checkRunJson(world, repository, run, job))
}

const checkRun = (call: RepositoryCall) => {
  for (const run of attemptsOf(call)) {
    const job = run.jobs.find((one) => String(one.id) === call.param("check_run_id"))
    if (job !== undefined) return json(checkRunJson(call.world, call.repository, run, job))
  }
  throw notFound()
}

const checkSuites = async (call: RepositoryCall) => {
  const commit = await commitOf(call, call.param("ref"))
  const runs = latestRuns(call).filter((run) => run.headSha === commit.oid)
  return counted(call.url, "check_suites", runs, (run) => checkSuiteJson(call.world, call.repository, run, commit))
}

const checkSuite = async (call: RepositoryCall) => {
  const run = latestRuns(call).find((one) => String(checkSuiteId(one)) === call.param("check_suite_id"))
  if (run === undefined) throw notFound()
  return json(checkSuiteJson(call.world, call.repository, run, await commitOf(call, run.headSha)))
}

const statusesOf = ({ world, repository }: RepositoryCall, sha: string): Array<StatusRow> =>
  world.store.statuses
    .all()
    .filter((status) => status.repository === fullName(repository) && status.sha === sha)
    .reverse()

const statuses = async (call: RepositoryCall) => {
  const { oid } = await commitOf(call, call.param("ref"))
  return list(call.url, statusesOf(call, oid), (status) => statusJson(call.world, call.repository, status))
}

const combined = async (call: RepositoryCall) => {
  const { world, repository } = call
  const { oid } = await commitOf(call, call.param("ref"))
  const latest = statusesOf(call, oid).filter((status, index, all) => all.findIndex((one) => one.context === status.context) === index)
  const has = (...states: ReadonlyArray<string>) => latest.some((status) => states.includes(status.state))
  const page = pageOf(call.url, latest)
  return json(
    {
      state: has("error", "failure") ? "failure" : latest.length === 0 || has("pending") ? "pending" : "success",
      statuses: page.items.map((status) => statusJson(world, repository, status)),
      sha: oid,
      total_count: latest.length,
      repository: minimalRepositoryJson(world, repository),
      commit_url: `${repositoryUrl(world, repository)}/commits/${oid}`,
      url: `${repositoryUrl(world, repository)}/commits/${oid}/status`,
    },
    200,
    page.headers,
  )
}

const NewStatus = Schema.Struct({
  state: Schema.Literals(["error", "failure", "pending", "success"]),
  target_url: Schema.optionalKey(Schema.NullOr(Schema.String)),
  description: Schema.optionalKey(Schema.NullOr(Schema.String)),
  context: Schema.optionalKey(Schema.String),
})

const createStatus = async (call: RepositoryCall) => {
  const { world, repository } = call
  const wanted = await call.body(NewStatus)
  const { oid } = await commitOf(call, call.param("sha"))
  const id = 4_000_000 + world.store.next("status")
  const status = world.store.statuses.put(String(id), {
    id,
    repository: fullName(repository),
    sha: oid,
    state: wanted.state,
    context: wanted.context ?? "default",
    description: wanted.description ?? null,
    targetUrl: wanted.target_url ?? null,
    creator: loginOf(call.caller),
    createdAt: world.now().toISOString(),
  })
  return created(statusJson(world, repository, status))
}

/** Check runs and suites of Actions, and commit statuses. */
export const checkRoutes: ReadonlyArray<Route> = [
  onRepository("GET", "/commits/{ref}/check-runs", "read", checkRuns),
  onRepository("GET", "/check-runs/{check_run_id}", "read", checkRun),
  onRepository("GET", "/commits/{ref}/check-suites", "read", checkSuites),
  onRepository("GET", "/check-suites/{check_suite_id}", "read", checkSuite),
  onRepository("GET", "/commits/{ref}/statuses", "read", statuses),
  onRepository("GET", "/commits/{ref}/status", "read", combined),
  onRepository("POST", "/statuses/{sha}", "write", createStatus),
]
