import type { CommandType } from "@ci-fix-pilot/contract/commands"

const minute = 60_000

/** The bounds of a run. Times in ms, money in US dollars. */
export interface Policy {
  readonly maxAttempts: number
  readonly maxCostUsd: number
  /** What one model call may cost at most. */
  readonly maxCallUsd: number
  /** From the first step to a proven fix. */
  readonly maxWallMs: number
  readonly approvalMs: number
  /** Runs of one repository worked on at once; the rest is queued. */
  readonly runsPerRepository: number
  readonly pullRequestsPerRepository: number
  /** Runs of the same signature in one repository within a day; more would be a loop. */
  readonly sameSignaturePerDay: number
  /** Greens in a row that make a failure flaky. */
  readonly reproduceTries: number
  readonly culpritRuns: number
  /** How often a command is tried before the planner gives it up. */
  readonly triesPerCommand: number
  readonly delivery: "pull-request" | "approval" | "shadow"
  /** Nothing is merged without a reviewer, and doubtful fixes wait for approval before anything is pushed. */
  readonly safeMode: boolean
  readonly githubEnabled: boolean
  readonly validationRequired: boolean
  /** A patch that changes more lines than this counts as large. */
  readonly largeDiffLines: number
  /** Where a person sees a run, with `{runId}` in it. */
  readonly runUrl: string | undefined
}

export const defaultPolicy: Policy = {
  maxAttempts: 3,
  maxCostUsd: 2,
  maxCallUsd: 0.5,
  maxWallMs: 45 * minute,
  approvalMs: 7 * 24 * 60 * minute,
  runsPerRepository: 2,
  pullRequestsPerRepository: 3,
  sameSignaturePerDay: 2,
  reproduceTries: 3,
  culpritRuns: 60,
  triesPerCommand: 6,
  delivery: "pull-request",
  safeMode: true,
  githubEnabled: true,
  validationRequired: true,
  largeDiffLines: 200,
  runUrl: undefined,
}

/** Sums of cents are not exact: two amounts that differ by less are the same (US dollars). */
export const roundingUsd = 1e-9

/** How long a command may stay unanswered before it is given up (ms). */
export const commandDeadlineMs: Readonly<Record<CommandType, number>> = {
  "github.fetch-failure": 5 * minute,
  "github.open-pull-request": 15 * minute,
  "github.merge-pull-request": 15 * minute,
  "github.close-pull-request": 60 * minute,
  "github.check-pull-request": 15 * minute,
  "validator.reproduce": 20 * minute,
  "validator.isolate-culprit": 30 * minute,
  "validator.validate-fix": 20 * minute,
  "ai.diagnose": 5 * minute,
  "ai.propose-fix": 10 * minute,
  "memory.recall": 1 * minute,
  "memory.remember": 60 * minute,
  "notifier.notify": 24 * 60 * minute,
}

/** Commands whose deadline is all the time there is: what they were told to wait is not added to it, for news of yesterday is none. */
export const waitsWithinDeadline: ReadonlySet<CommandType> = new Set<CommandType>(["notifier.notify"])

/** Commands that go on after their run has stopped: they tell, remember and clean up. */
export const survivesStop: ReadonlySet<CommandType> = new Set<CommandType>([
  "github.close-pull-request",
  "memory.remember",
  "notifier.notify",
])

/** When a run that ended without a pull request looks for one that came late (ms after the stop): a lost answer may hide an effect. */
export const undoAfterMs: ReadonlyArray<number> = [0, 30_000, 600_000]

/** How often it looks again when GitHub was away for all of these, and for how long after it first looked (ms). */
export const undoAgainMs = 10 * minute
export const undoForMs = 24 * 60 * minute
