import { readdirSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"
import { Schema } from "effect"
import type { Operations, Pushed } from "./operations.ts"
import type { Change, Scenario } from "./scenario.ts"
import type { RunRow } from "./store/rows.ts"

const root = join(import.meta.dirname, "scenarios")

const folderOf = (scenario: Scenario, folder: string): string => join(root, scenario.name, folder)

/** The files of a folder by path. They are text. */
const filesIn = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(folder, path), readFileSync(path, "utf8")]),
  )

/** How to play a scenario differently. */
export interface PlayOptions {
  /** Plays in another repository than the scenario's own: so that one can be played many times side by side. */
  readonly repository?: { readonly owner: string; readonly name: string }
  readonly private?: boolean
}

/** What is there after a scenario was played: the red run that a healer is told of by webhook. */
export interface Played {
  /** `owner/name` */
  readonly repository: string
  readonly branch: string
  /** The red commit, and the newest green one before it (null: there never was one). */
  readonly sha: string
  readonly good: string | null
  readonly run: RunRow
}

const commit = (forge: Operations, scenario: Scenario, repository: string, change: Change): Promise<Pushed> =>
  forge.push({
    repository,
    branch: change.branch,
    files: filesIn(folderOf(scenario, change.folder)),
    message: change.message,
    by: change.by,
    at: change.at,
  })

/** A scenario's CI ended otherwise than it must: most likely a program it needs is not on this machine. */
class WrongEnd extends Schema.TaggedError<WrongEnd>()("WrongEnd", { scenario: Schema.String, message: Schema.String }) {}

const ended = (scenario: Scenario, run: RunRow, wanted: "success" | "failure"): RunRow => {
  if (run.conclusion === wanted) return run
  const steps = run.jobs.flatMap((job) => job.steps).filter((step) => step.conclusion === "failure")
  const why = steps.length === 0 ? "" : ` at the step "${steps.map((step) => step.name).join('", "')}"`
  throw new WrongEnd({
    scenario: scenario.name,
    message: `CI of ${scenario.name} should end with ${wanted}, and ended with ${run.conclusion}${why}`,
  })
}

const create = (
  forge: Operations,
  scenario: Scenario,
  base: Change,
  where: { readonly owner: string; readonly name: string },
  hidden: boolean,
) =>
  forge.createRepository({
    ...where,
    private: hidden,
    from: folderOf(scenario, base.folder),
    by: base.by,
    at: base.at,
    message: base.message,
    people: Object.fromEntries([base, ...scenario.changes].map(({ by }) => [by.login, member])),
  })

const member = { permission: "write", association: "MEMBER" } as const

const lastGreen = async (forge: Operations, repository: string): Promise<string | null> =>
  (await forge.runs()).find((run) => run.repository === repository && run.headBranch === "main" && run.conclusion === "success")?.headSha ??
  null

/**
 * Makes a scenario happen on a forge: repository, commits, and a CI run for each commit. The webhooks of those runs have
 * been answered when this returns. The runs are real, except where the scenario brings the log of its own.
 * @throws WrongEnd when a run does not end as the scenario needs it
 */
export const play = async (forge: Operations, scenario: Scenario, options: PlayOptions = {}): Promise<Played> => {
  const { owner, name } = options.repository ?? scenario.repository
  const repository = `${owner}/${name}`
  const { base, changes } = scenario
  const first = base ?? changes[0]
  if (first === undefined) throw new Error(`nothing happens in ${scenario.name}`)
  let played: RunRow | undefined
  if (base === null) await forge.addPerson({ repository, developer: first.by, ...member })
  else {
    await create(forge, scenario, base, { owner, name }, options.private ?? false)
    played = ended(scenario, await forge.runWorkflow({ repository, branch: base.branch }), changes.length === 0 ? "failure" : "success")
  }
  let good = base === null ? await lastGreen(forge, repository) : null
  for (const [index, change] of changes.entries()) {
    good = played?.headSha ?? good
    const { branch } = change
    const last = index === changes.length - 1
    await commit(forge, scenario, repository, change)
    const log = last && scenario.recordedLog !== undefined ? readFileSync(folderOf(scenario, scenario.recordedLog), "utf8") : undefined
    const run =
      log === undefined
        ? await forge.runWorkflow({ repository, branch })
        : await forge.recordRun({ repository, branch, conclusion: "failure", log })
    played = ended(scenario, run, last ? "failure" : "success")
  }
  if (played === undefined) throw new Error(`nothing happens in ${scenario.name}`)
  await forge.settle()
  return { repository, branch: played.headBranch, sha: played.headSha, good, run: played }
}

/** Pushes what the scenario says happens meanwhile; undefined when nothing does. */
export const playMeanwhile = async (forge: Operations, scenario: Scenario, repository: string): Promise<Pushed | undefined> =>
  scenario.meanwhile === undefined ? undefined : commit(forge, scenario, repository, scenario.meanwhile.change)
