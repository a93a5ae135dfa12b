/** Finds the jobs of a workflow that CI says failed, by the names it shows for them. */
import type { FailedJob } from "@ci-fix-pilot/contract/values"
import { type Combination, expandMatrix } from "./expand-matrix.ts"
import { interpolate, type Scope, type Value } from "./expression.ts"
import type { Job, ReadWorkflow } from "./read-workflow.ts"

export interface ChosenJob {
  readonly id: string
  readonly job: Job
  readonly combination: Combination
  /** Names of the steps that failed; empty when unknown. */
  readonly failedSteps: ReadonlyArray<string>
}

export const matrixScope = (combination: Combination): Scope =>
  new Map<string, Value>(Object.entries(combination).map(([key, value]) => [`matrix.${key.toLowerCase()}`, value]))

const plain = (text: string): string => text.toLowerCase().replace(/\s+/gu, " ").trim()

/** The names that GitHub may show for a job: its own with the matrix filled in, or with the values behind it. */
const namesOf = (id: string, job: Job, combination: Combination): ReadonlyArray<string> => {
  const name = job.name === undefined ? id : interpolate(String(job.name), matrixScope(combination)).text
  const values = Object.values(combination).map(String)
  return [name, ...(values.length === 0 ? [] : [`${name} (${values.join(", ")})`, `${id} (${values.join(", ")})`])].map(plain)
}

const baseOf = (name: string): string => plain(name.replace(/\s*\([^)]*\)$/u, ""))

/** How well a job's combination fits the shown name: exact, only its base (plus values in common), or not at all. */
const closeness = (shown: string, id: string, job: Job, combination: Combination): number => {
  if (namesOf(id, job, combination).includes(plain(shown))) return 1_000
  const base = baseOf(shown)
  const named = job.name === undefined ? id : String(job.name).replace(/\$\{\{.*?\}\}/gu, "")
  if (base !== plain(id) && base !== baseOf(named)) return 0
  const given = new Set((/\(([^)]*)\)$/u.exec(shown)?.[1] ?? "").split(",").map(plain))
  return 1 + Object.values(combination).filter((value) => given.has(plain(String(value)))).length
}

const ships = /deploy|release|publish|docs?$|pages|notify|label|stale|lock/iu

/** Jobs worth running when nobody says which one failed: with steps of their own, and not for shipping. */
const allJobs = (workflow: ReadWorkflow): ReadonlyArray<ChosenJob> =>
  workflow.jobs
    .filter(([id, job]) => job.steps !== undefined && job.environment === undefined && !ships.test(id))
    .map(([id, job]) => ({ id, job, combination: expandMatrix(job.strategy?.matrix)?.[0] ?? {}, failedSteps: [] }))

/** The failed jobs in the workflow's order; jobs that cannot be found are not in it. */
export const chooseJobs = (workflow: ReadWorkflow, failed: ReadonlyArray<FailedJob>): ReadonlyArray<ChosenJob> => {
  if (failed.length === 0) return allJobs(workflow)
  return failed.flatMap(({ name, steps }) => {
    const all = workflow.jobs.flatMap(([id, job]) =>
      (expandMatrix(job.strategy?.matrix) ?? [{}]).map((combination) => ({ id, job, combination, failedSteps: steps })),
    )
    const ranked = all
      .map((chosen) => ({ chosen, score: closeness(name, chosen.id, chosen.job, chosen.combination) }))
      .filter(({ score }) => score > 0)
      .toSorted((one, other) => other.score - one.score)
    return ranked.slice(0, 1).map(({ chosen }) => chosen)
  })
}
