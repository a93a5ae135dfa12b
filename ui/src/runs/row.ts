import { failureOf } from "@ci-fix-pilot/contract/failure-of"
import { isPhase } from "@ci-fix-pilot/contract/phases"
import type { RunSummary } from "@ci-fix-pilot/contract/run-view"
import { type Attempt, evolve, isStop, type Run, statusOf } from "@ci-fix-pilot/lifecycle/run"
import type { LiveEntry } from "../live/follow.ts"
import { evolveKnown } from "../live/phase-after.ts"

/** A run of the list: what it shows, and the state that live entries change. */
export interface Row {
  readonly summary: RunSummary
  readonly run: Run
}

const attemptsOf = ({ attempt, strategy }: RunSummary): ReadonlyArray<Attempt> =>
  strategy === null ? [] : Array.from({ length: attempt }, (_, at) => ({ n: at + 1, strategy, outcome: "open" }))

const diagnosisOf = (summary: string, kind: NonNullable<RunSummary["kind"]>) =>
  ({ kind, summary, firstError: "", suspectFiles: [], confidence: 0, by: "rules" }) as const

/** The state of a run as far as its summary knows it: enough for live entries to go on from. */
export const rowOf = (summary: RunSummary): Row => {
  const { repository, branch, commitSha, title, phase, failure, pullRequestUrl, costUsd, kind } = summary
  const target = { provider: "generic", repository, branch, commitSha } as const
  return {
    summary,
    run: {
      ...evolve(undefined, { type: "ci-failed", data: { target, title } }),
      phase: isPhase(phase) ? phase : "queued",
      attempts: attemptsOf(summary),
      costUsd,
      ...(failure === null || kind === null ? {} : { diagnosis: diagnosisOf(failure, kind) }),
      ...(pullRequestUrl === null
        ? {}
        : { pullRequest: { number: 0, url: pullRequestUrl, branch, headSha: commitSha, adopted: false, state: "open" } }),
    },
  }
}

/** A run that begins. How many attempts it may have is said by its first. */
const begun = (entry: LiveEntry & { readonly type: "ci-failed" }): Row => {
  const { repository, branch, commitSha } = entry.data.target
  return rowOf({
    ...{ runId: entry.runId, seq: entry.seq, repository, branch, commitSha, title: entry.data.title },
    ...{ status: "queued", phase: "queued", signature: entry.data.signature ?? null, kind: null },
    failure: failureOf(evolve(undefined, entry)),
    ...{ attempt: 0, maxAttempts: 0, strategy: null, pullRequestUrl: null, costUsd: 0 },
    ...{ createdAt: entry.at, updatedAt: entry.at, stoppedAt: null, deadlineAt: null },
  })
}

/** What an entry makes of a row. Without a row only the first entry of a ledger makes one; an entry that the row knows changes nothing. */
export const rowAfter = (row: Row | undefined, entry: LiveEntry): Row | undefined => {
  if (row === undefined) return entry.type === "ci-failed" ? begun(entry) : undefined
  if (entry.seq <= row.summary.seq) return row
  const run = evolveKnown(row.run, entry)
  const last = run.attempts.at(-1)
  const { summary } = row
  return {
    run,
    summary: {
      ...summary,
      seq: entry.seq,
      status: statusOf(run.phase),
      phase: run.phase,
      failure: failureOf(run) ?? summary.failure,
      kind: run.diagnosis?.kind ?? null,
      attempt: run.attempts.length,
      maxAttempts: entry.type === "attempt-started" ? entry.data.of : summary.maxAttempts,
      strategy: last?.strategy ?? null,
      pullRequestUrl: run.pullRequest?.url ?? null,
      costUsd: run.costUsd,
      updatedAt: entry.at,
      stoppedAt: isStop(run.phase) ? (summary.stoppedAt ?? entry.at) : null,
    },
  }
}
