import { shareCommits } from "../git/refs.ts"
import { fullName } from "../git/repositories.ts"
import { actionsAppJson } from "../json/app.ts"
import { checkRunJson } from "../json/check.ts"
import { repositoryJson } from "../json/repository.ts"
import { runJson, workflowJson } from "../json/run.ts"
import { loginOfEmail, userJson } from "../json/user.ts"
import type { Conclusion, RepositoryRow, RunRow } from "../store/rows.ts"
import type { World } from "../world.ts"
import { stampLines } from "./log-format.ts"
import { writeStepLog } from "./logs.ts"

/** A step that ended. `log` is its text, with or without timestamps; a step without one was skipped. */
export interface RecordedStep {
  readonly name: string
  readonly conclusion: Conclusion
  readonly log?: string
  readonly startedAt?: string
  readonly completedAt?: string
}

/** A job that ended, with its steps in order. */
export interface RecordedJob {
  readonly name: string
  readonly conclusion: Conclusion
  readonly steps: ReadonlyArray<RecordedStep>
}

/** A run that happened. Without `jobs`, one job `test` whose step `Run tests` has `log`. */
export interface RunToRecord {
  readonly branch: string
  /** The branch's tip if not told. */
  readonly sha?: string
  readonly conclusion: Conclusion
  readonly log?: string
  readonly jobs?: ReadonlyArray<RecordedJob>
  readonly path?: string
  readonly name?: string
  readonly event?: string
  readonly actor?: string
  /** The full name of the fork the branch lives in. */
  readonly headRepository?: string
  /** The run that this is a further attempt of. */
  readonly rerunOf?: number
  readonly startedAt?: string
}

const plainJobs = (run: RunToRecord): ReadonlyArray<RecordedJob> => {
  const failed = run.conclusion !== "success"
  return [
    {
      name: "test",
      conclusion: run.conclusion,
      steps: [
        { name: "Set up job", conclusion: "success", log: "Prepare workflow directory" },
        { name: "Run actions/checkout@v4", conclusion: "success", log: "##[group]Run actions/checkout@v4\n##[endgroup]" },
        { name: "Run tests", conclusion: run.conclusion, log: run.log ?? (failed ? "##[error]Process completed with exit code 1." : "ok") },
        { name: "Complete job", conclusion: "success", log: "Cleaning up orphan processes" },
      ],
    },
  ]
}

/** Records a run as completed, keeps its logs and tells the webhook's receiver. Nothing is executed. */
export const recordRun = async (world: World, repository: RepositoryRow, wanted: RunToRecord): Promise<RunRow> => {
  const head = wanted.headRepository === undefined ? repository : (world.repositories.byName(wanted.headRepository) ?? repository)
  const sha = wanted.sha ?? (await world.repositories.tip(head, wanted.branch))
  const commit = sha === undefined ? undefined : await world.repositories.commit(head, sha)
  if (commit === undefined) throw new Error(`no commit to run for: ${wanted.sha ?? wanted.branch}`)
  if (head !== repository) await shareCommits(world.repositories.path(repository), world.repositories.path(head), commit.oid)
  const { store } = world
  const at = world.now().toISOString()
  const started = wanted.startedAt ?? at
  const earlier = wanted.rerunOf === undefined ? [] : store.runs.all().filter((run) => run.id === wanted.rerunOf)
  const path = wanted.path ?? ".github/workflows/ci.yml"
  const jobs = (wanted.jobs ?? plainJobs(wanted)).map((job) => {
    const id = 7_000_000 + store.next("job")
    const steps = job.steps.map((step, index) => {
      const { name, conclusion, startedAt = started, completedAt = at } = step
      if (step.log !== undefined) writeStepLog(world.dir, id, index + 1, stampLines(step.log, new Date(startedAt)))
      return { number: index + 1, name, conclusion, startedAt, completedAt }
    })
    return {
      id,
      name: job.name,
      conclusion: job.conclusion,
      steps,
      startedAt: steps[0]?.startedAt ?? started,
      completedAt: steps.at(-1)?.completedAt ?? at,
    }
  })
  const id = wanted.rerunOf ?? 6_000_000 + store.next("run")
  const attempt = earlier.length + 1
  const row = store.runs.put(`${id}/${attempt}`, {
    id,
    attempt,
    number: earlier[0]?.number ?? store.next(`run number ${fullName(repository)} ${path}`),
    repository: fullName(repository),
    headRepository: fullName(head),
    headBranch: wanted.branch,
    headSha: commit.oid,
    path,
    name: wanted.name ?? "CI",
    title: commit.message.split("\n")[0] ?? "",
    event: wanted.event ?? "push",
    actor: wanted.actor ?? loginOfEmail(world, commit.author.email) ?? repository.owner,
    conclusion: wanted.conclusion,
    createdAt: earlier[0]?.createdAt ?? started,
    startedAt: started,
    updatedAt: at,
    jobs,
  })
  await announceRun(world, repository, row)
  return row
}

/** Sends `check_run` for each job, then `workflow_run`, both completed. */
const announceRun = async (world: World, repository: RepositoryRow, run: RunRow): Promise<void> => {
  const around = { repository: repositoryJson(world, repository), sender: userJson(world, run.actor) }
  const name = fullName(repository)
  for (const job of run.jobs) {
    const suite = {
      id: run.id + 40_000_000,
      head_branch: run.headBranch,
      head_sha: run.headSha,
      status: "completed",
      conclusion: run.conclusion,
      app: actionsAppJson(world),
    }
    const check_run = { ...checkRunJson(world, repository, run, job), check_suite: suite }
    world.deliveries.send({ event: "check_run", repository: name, payload: { action: "completed", check_run, ...around } })
  }
  const workflow_run = await runJson(world, repository, run)
  const workflow = workflowJson(world, repository, run.path, run.name)
  world.deliveries.send({ event: "workflow_run", repository: name, payload: { action: "completed", workflow_run, workflow, ...around } })
}
