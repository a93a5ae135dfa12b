import { readdirSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"
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

/**
 * Makes a scenario happen on a forge: repository, commits, and a CI run for each commit. The webhooks of those runs have
 * been answered when this returns. The runs are real, except where the scenario brings the log of its own.
 */
export const play = async (forge: Operations, scenario: Scenario, options: PlayOptions = {}): Promise<Played> => {
  const { owner, name } = options.repository ?? scenario.repository
  const repository = `${owner}/${name}`
  let last: { readonly branch: string; readonly run: RunRow } | undefined
  let good: string | null = null
  const { base } = scenario
  if (base !== null) {
    await forge.createRepository({
      owner,
      name,
      private: options.private ?? false,
      from: folderOf(scenario, base.folder),
      by: base.by,
      at: base.at,
      message: base.message,
      people: Object.fromEntries(
        [base, ...scenario.changes].map(({ by }) => [by.login, { permission: "write", association: "MEMBER" } as const]),
      ),
    })
    last = { branch: base.branch, run: await forge.runWorkflow({ repository, branch: base.branch }) }
  } else {
    good =
      (await forge.runs()).find((run) => run.repository === repository && run.headBranch === "main" && run.conclusion === "success")
        ?.headSha ?? null
    const by = scenario.changes[0]?.by
    if (by !== undefined) await forge.addPerson({ repository, developer: by, permission: "write", association: "MEMBER" })
  }
  for (const [index, change] of scenario.changes.entries()) {
    if (last?.run.conclusion === "success") good = last.run.headSha
    await commit(forge, scenario, repository, change)
    const recorded = index === scenario.changes.length - 1 ? scenario.recordedLog : undefined
    const { branch } = change
    const run =
      recorded === undefined
        ? await forge.runWorkflow({ repository, branch })
        : await forge.recordRun({ repository, branch, conclusion: "failure", log: readFileSync(folderOf(scenario, recorded), "utf8") })
    last = { branch, run }
  }
  if (last === undefined) throw new Error(`nothing happens in ${scenario.name}`)
  await forge.settle()
  return { repository, branch: last.branch, sha: last.run.headSha, good, run: last.run }
}

/** Pushes what the scenario says happens meanwhile; undefined when nothing does. */
export const playMeanwhile = async (forge: Operations, scenario: Scenario, repository: string): Promise<Pushed | undefined> =>
  scenario.meanwhile === undefined ? undefined : commit(forge, scenario, repository, scenario.meanwhile.change)
