import { Schema } from "effect"
import { events } from "./events.ts"
import { RunId } from "./ids.ts"
import { phases, statuses } from "./phases.ts"
import {
  Author,
  Diagnosis,
  FailedJob,
  LogDigest,
  Match,
  Proof,
  Proposal,
  PullRequest,
  Report,
  Reproduction,
  ReviewAction,
  Strategy,
} from "./values.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
/** ISO 8601, UTC. */
const Instant = Schema.String

export const Status = Schema.Literals(statuses)
export type Status = typeof Status.Type
const Phase = Schema.Literals(phases)

/** A run as a list shows it. Null: not there (yet). `failure`: what is broken, in one line, as exactly as it is known; `kind`: which kind of failure that is, once diagnosed. `seq`: the last entry of the run's ledger that it knows. Money in US dollars. */
export const RunSummary = Schema.Struct({
  runId: RunId,
  seq: Count,
  repository: Schema.String,
  branch: Schema.String,
  commitSha: Schema.String,
  title: Schema.String,
  status: Status,
  phase: Phase,
  signature: Schema.NullOr(Schema.String),
  failure: Schema.NullOr(Schema.String),
  kind: Schema.NullOr(Diagnosis.fields.kind),
  attempt: Count,
  maxAttempts: Count,
  strategy: Schema.NullOr(Strategy),
  pullRequestUrl: Schema.NullOr(Schema.String),
  costUsd: Schema.Finite,
  createdAt: Instant,
  updatedAt: Instant,
  stoppedAt: Schema.NullOr(Instant),
  deadlineAt: Schema.NullOr(Instant),
})
export type RunSummary = typeof RunSummary.Type

/** A ledger entry as readers get it: `position` is its place in the whole ledger, `seq` its place in its run. */
export const LedgerEntry = Schema.Struct({
  runId: RunId,
  seq: Count,
  position: Count,
  type: Schema.String,
  at: Instant,
  causedBy: Schema.NullOr(Schema.String),
  traceparent: Schema.String,
  data: Schema.Unknown,
})
export type LedgerEntry = typeof LedgerEntry.Type

/** `position`: how much of the ledger this page has seen; `stream?after=<position>` goes on from there without a gap. */
export const RunPage = Schema.Struct({
  items: Schema.Array(RunSummary),
  page: Count,
  pageSize: Count,
  total: Count,
  position: Count,
})
export type RunPage = typeof RunPage.Type

/** One try at a fix, and how the gate judged it. */
export const Attempt = Schema.Struct({
  n: Count,
  strategy: Strategy,
  outcome: Schema.Literals(["open", "declined", "rejected", "validated", "unavailable"]),
  proposal: Schema.optionalKey(Proposal),
  proof: Schema.optionalKey(Proof),
  why: Schema.optionalKey(Schema.String),
  log: Schema.optionalKey(Schema.String),
})
export type Attempt = typeof Attempt.Type

/** A pull request of ours, how it stands, and what its own checks say, as far as the run knows. */
export const PullRequestState = Schema.Struct({
  ...PullRequest.fields,
  state: Schema.Literals(["open", "merged", "closed"]),
  checks: Schema.optionalKey(events["pull-request-checks"].fields.conclusion),
})
export type PullRequestState = typeof PullRequestState.Type

/** All that is known of a run: its summary, the fold of its ledger, and the ledger itself. `proof` is that of the newest proven fix. */
export const RunDetail = Schema.Struct({
  ...RunSummary.fields,
  position: Count,
  source: events["ci-failed"],
  failedJobs: Schema.Array(FailedJob),
  digest: Schema.optionalKey(LogDigest),
  author: Schema.optionalKey(Author),
  reproduction: Schema.optionalKey(Reproduction),
  diagnosis: Schema.optionalKey(Diagnosis),
  attempts: Schema.Array(Attempt),
  proof: Schema.optionalKey(Proof),
  approvalReasons: Schema.optionalKey(Schema.Array(Schema.String)),
  approvedBy: Schema.optionalKey(Schema.String),
  pullRequest: Schema.optionalKey(PullRequestState),
  report: Schema.optionalKey(Report),
  tokens: Count,
  events: Schema.Array(LedgerEntry),
})
export type RunDetail = typeof RunDetail.Type

/** What was remembered of a run: one memory per attempt that ended. `outcome` null: not written yet. */
export const Remembered = Schema.Struct({
  attempt: Schema.NullOr(Count),
  told: Schema.String,
  outcome: Schema.NullOr(Schema.String),
  at: Instant,
})
export type Remembered = typeof Remembered.Type
export const RunMemory = Schema.Struct({ runId: RunId, recalled: Schema.Array(Match), remembered: Schema.Array(Remembered) })
export type RunMemory = typeof RunMemory.Type

/** How a review ended. `pending`: the planner has not seen it yet. */
export const ReviewAnswer = Schema.Struct({
  runId: RunId,
  review: Schema.String,
  action: ReviewAction,
  result: Schema.Literals(["applied", "conflict", "pending"]),
  status: Schema.String,
  why: Schema.optionalKey(Schema.String),
})
export type ReviewAnswer = typeof ReviewAnswer.Type
