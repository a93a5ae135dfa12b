import { mkdir, mkdtemp, rm } from "node:fs/promises"
import { join } from "node:path"
import { registrySettings, scrubbed } from "../environment.ts"
import { fullName } from "../git/repositories.ts"
import { git } from "../git/run-git.ts"
import { entryAt } from "../git/trees.ts"
import type { Conclusion, RepositoryRow, RunRow } from "../store/rows.ts"
import type { World } from "../world.ts"
import { setUpLog, stampLines, usesHeader } from "./log-format.ts"
import { type RecordedJob, type RecordedStep, type RunToRecord, recordRun } from "./record.ts"
import { runStep } from "./run-step.ts"
import { type Job, jobsInOrder, needsOf, parseWorkflow, type Step, stepName, strings, type Workflow } from "./workflow-file.ts"

/** Which workflow to run, at which commit. */
export interface WorkflowToRun {
  readonly branch: string
  /** The branch's tip if not told. */
  readonly sha?: string
  /** `.github/workflows/ci.yml` if not told. */
  readonly path?: string
  readonly event?: string
  readonly rerunOf?: number
}

interface Checkout {
  readonly root: string
  readonly env: Readonly<Record<string, string>>
  readonly now: () => Date
}

/** `if:` as far as workflows of ordinary projects use it; anything else counts as `success()`. */
const wanted = (step: Step, failed: boolean): boolean => {
  const condition = String(step.if ?? "success()")
  if (condition.includes("always()")) return true
  if (condition.includes("failure()")) return failed
  return condition !== "false" && !failed
}

const runOne = async (
  step: Step,
  job: Job,
  workflow: Workflow,
  checkout: Checkout,
): Promise<{ readonly conclusion: Conclusion; readonly log: string }> => {
  if (step.run === undefined)
    return { conclusion: "success", log: stampLines(usesHeader(step.uses ?? "", strings(step.with)), checkout.now()) }
  const defaults = { ...workflow.defaults?.run, ...job.defaults?.run }
  const logged = strings(workflow.env, job.env, step.env)
  const { code, log } = await runStep({
    script: step.run,
    directory: join(checkout.root, "work", step["working-directory"] ?? defaults["working-directory"] ?? "."),
    scratch: checkout.root,
    shell: step.shell ?? defaults.shell ?? "",
    env: { ...checkout.env, ...logged },
    logged,
    timeoutSeconds: Math.ceil((job["timeout-minutes"] ?? 10) * 60),
    now: checkout.now,
  })
  return { conclusion: code === 0 ? "success" : "failure", log }
}

const runJob = async (id: string, job: Job, workflow: Workflow, checkout: Checkout): Promise<RecordedJob> => {
  const name = job.name ?? id
  const time = () => checkout.now().toISOString()
  const first = time()
  const setUp = stampLines(`${setUpLog()}${name}`, checkout.now())
  const steps: Array<RecordedStep> = [{ name: "Set up job", conclusion: "success", startedAt: first, completedAt: first, log: setUp }]
  let failed = false
  for (const step of job.steps) {
    const startedAt = time()
    if (!wanted(step, failed)) {
      steps.push({ name: stepName(step), conclusion: "skipped", startedAt, completedAt: startedAt })
      continue
    }
    const { conclusion, log } = await runOne(step, job, workflow, checkout)
    const forgiven = conclusion === "failure" && step["continue-on-error"] === true
    if (conclusion === "failure" && !forgiven) failed = true
    steps.push({ name: stepName(step), conclusion: forgiven ? "success" : conclusion, startedAt, completedAt: time(), log })
  }
  const last = time()
  steps.push({
    name: "Complete job",
    conclusion: "success",
    startedAt: last,
    completedAt: last,
    log: stampLines("Cleaning up orphan processes", checkout.now()),
  })
  return { name, conclusion: failed ? "failure" : "success", steps }
}

const variables = (world: World, repository: RepositoryRow, run: WorkflowToRun, sha: string, root: string): Record<string, string> =>
  scrubbed({
    ...registrySettings(),
    CI: "true",
    HOME: join(root, "home"),
    GITHUB_ACTIONS: "true",
    GITHUB_WORKSPACE: join(root, "work"),
    GITHUB_REPOSITORY: fullName(repository),
    GITHUB_SHA: sha,
    GITHUB_REF: `refs/heads/${run.branch}`,
    GITHUB_REF_NAME: run.branch,
    GITHUB_EVENT_NAME: run.event ?? "push",
    GITHUB_SERVER_URL: world.url,
    RUNNER_OS: "Linux",
    TMPDIR: join(root, "tmp"),
  })

/** Runs a workflow of the repository as it stands at a commit: every `run:` step for real, in a fresh checkout on this machine. */
export const executeWorkflow = async (world: World, repository: RepositoryRow, run: WorkflowToRun): Promise<RunRow> => {
  const commit = await world.repositories.commit(repository, run.sha ?? run.branch)
  if (commit === undefined) throw new Error(`no commit to run for: ${run.sha ?? run.branch}`)
  const path = run.path ?? ".github/workflows/ci.yml"
  const reader = world.repositories.reader(repository)
  const entry = await entryAt(reader, commit.tree, path)
  const text = entry === undefined ? undefined : (await reader.read(entry.oid))?.content.toString("utf8")
  if (text === undefined) throw new Error(`there is no ${path} in ${fullName(repository)} at ${commit.oid}`)
  const workflow = parseWorkflow(text)
  const startedAt = world.now().toISOString()
  await mkdir(join(world.dir, "ci"), { recursive: true })
  const root = await mkdtemp(join(world.dir, "ci", "run-"))
  try {
    const jobs: Array<RecordedJob> = []
    const ended = new Map<string, Conclusion>()
    for (const [id, job] of jobsInOrder(workflow)) {
      if (needsOf(job).some((need) => ended.get(need) !== "success")) {
        ended.set(id, "skipped")
        jobs.push({ name: job.name ?? id, conclusion: "skipped", steps: [] })
        continue
      }
      await rm(root, { recursive: true, force: true })
      await Promise.all(["home", "tmp"].map((folder) => mkdir(join(root, folder), { recursive: true })))
      await git(root, ["clone", "--quiet", "--shared", "--no-checkout", world.repositories.path(repository), "work"])
      await git(join(root, "work"), ["checkout", "--quiet", "--detach", commit.oid])
      const done = await runJob(id, job, workflow, { root, env: variables(world, repository, run, commit.oid, root), now: world.now })
      ended.set(id, done.conclusion)
      jobs.push(done)
    }
    const conclusion = [...ended.values()].includes("failure") ? "failure" : "success"
    const { branch, event, rerunOf } = run
    const record: RunToRecord = { branch, sha: commit.oid, conclusion, jobs, path, startedAt, name: workflow.name ?? path }
    return await recordRun(world, repository, {
      ...record,
      ...(event === undefined ? {} : { event }),
      ...(rerunOf === undefined ? {} : { rerunOf }),
    })
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}
