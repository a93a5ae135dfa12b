import type { RunId } from "./ids.ts"
import { sha256Hex } from "./sha256.ts"

/** What makes a failure this failure. Everything in it is known when the webhook arrives. */
export interface Failure {
  readonly repository: string
  readonly branch: string
  readonly commitSha: string
  /** Who went red: `workflow:<id>`, `check:<app>:<name>`, or `log:<signature>` when only the error log is known. */
  readonly cause: string
  /** The CI's own count of tries, from 1. */
  readonly attempt: number
}

/**
 * The run that heals a failure: the same failure gives the same run, however often and by whatever source it is reported, with no time window.
 * Repository names are case-insensitive on every host we know; branches are not.
 */
export const runIdOf = ({ repository, branch, commitSha, cause, attempt }: Failure): RunId => {
  const parts = JSON.stringify([repository.toLowerCase(), branch, commitSha.toLowerCase(), cause, attempt])
  return `run_${sha256Hex(parts).slice(0, 24)}`
}

const prefix = "ci-fix-pilot/"

/** The branch that a run's pull request comes from. */
export const fixBranch = (runId: RunId): string => `${prefix}${runId}`

/** The run that a branch of ours belongs to; undefined for everybody else's branches. */
export const runOfBranch = (branch: string): RunId | undefined =>
  /^ci-fix-pilot\/run_[0-9a-f]{24}$/u.test(branch) ? branch.slice(prefix.length) : undefined

/** Whether a branch is ours: it never starts a run, even when no run can be read from its name. */
export const isOurBranch = (branch: string): boolean => branch.startsWith(prefix)
