import type { RunId } from "@ci-fix-pilot/contract/ids"
import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import type { LedgerEntry, RunDetail, RunSummary } from "@ci-fix-pilot/contract/run-view"
import { evolve, type Run } from "@ci-fix-pilot/lifecycle/run"
import type { Accepted } from "./Runs.ts"

/** The state that a ledger stands for; undefined for an empty one. */
export const fold = (events: ReadonlyArray<RunEvent>): Run | undefined =>
  events.reduce<Run | undefined>((run, event) => evolve(run, event), undefined)

const without = ({ event: _, ...entry }: LedgerEntry & { readonly event: RunEvent }): LedgerEntry => entry

/** A run in full: the ledger is the truth, its fold the state, the summary what the database's clock adds. */
export const runDetail = (
  summary: RunSummary,
  ledger: ReadonlyArray<LedgerEntry & { readonly event: RunEvent }>,
): RunDetail | undefined => {
  const run = fold(ledger.map(({ event }) => event))
  if (run === undefined) return undefined
  const proof = run.attempts.findLast((attempt) => attempt.proof !== undefined)?.proof
  const digest = run.failure?.digest ?? run.source.digest
  return {
    ...summary,
    position: ledger.at(-1)?.position ?? 0,
    source: run.source,
    failedJobs: run.failure?.failedJobs ?? run.source.failedJobs ?? [],
    ...(digest === undefined ? {} : { digest }),
    ...(run.failure === undefined ? {} : { author: run.failure.author }),
    ...(run.reproduction === undefined ? {} : { reproduction: run.reproduction }),
    ...(run.diagnosis === undefined ? {} : { diagnosis: run.diagnosis }),
    attempts: run.attempts,
    ...(proof === undefined ? {} : { proof }),
    ...(run.approvalReasons === undefined ? {} : { approvalReasons: run.approvalReasons }),
    ...(run.approvedBy === undefined ? {} : { approvedBy: run.approvedBy }),
    ...(run.pullRequest === undefined ? {} : { pullRequest: run.pullRequest }),
    ...(run.report === undefined ? {} : { report: run.report }),
    tokens: run.tokens,
    events: ledger.map(without),
  }
}

/** A run that was accepted and that the planner has not begun: all there is to show is what the webhook said. */
export const acceptedRun = (runId: RunId, { data, at }: Accepted): RunDetail => {
  const { target, title, signature, digest, failedJobs = [] } = data
  const { repository, branch, commitSha } = target
  return {
    ...{
      runId,
      seq: 0,
      repository,
      branch,
      commitSha,
      title,
      status: "queued",
      phase: "queued",
      signature: signature ?? null,
      failure: null,
      kind: null,
    },
    ...{ attempt: 0, maxAttempts: 0, strategy: null, pullRequestUrl: null, costUsd: 0 },
    ...{ createdAt: at, updatedAt: at, stoppedAt: null, deadlineAt: null, position: 0 },
    source: data,
    failedJobs,
    ...(digest === undefined ? {} : { digest }),
    attempts: [],
    tokens: 0,
    events: [],
  }
}
