import { Schema } from "effect"
import { Status } from "./run-view.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
/** By status; a status without runs is 0. */
const ByStatus = Schema.Record(Status, Count)

/** How runs of the last `days` stand. Times in seconds from the webhook to the end; money in US dollars. */
export const Summary = Schema.Struct({
  days: Count,
  total: Count,
  open: Count,
  byStatus: ByStatus,
  /** Runs that ended fixed or resolved, of those that ended and were neither skipped nor aborted; null without any. */
  fixRate: Schema.NullOr(Schema.Finite),
  pullRequests: Count,
  attempts: Count,
  secondsToFix: Schema.Struct({ p50: Schema.NullOr(Schema.Finite), p95: Schema.NullOr(Schema.Finite) }),
  costUsd: Schema.Finite,
  byStrategy: Schema.Record(Schema.String, Count),
})
export type Summary = typeof Summary.Type

/** The same for one repository, shorter. */
export const RepositoryTotals = Schema.Struct({
  repository: Schema.String,
  total: Count,
  open: Count,
  byStatus: ByStatus,
  fixRate: Schema.NullOr(Schema.Finite),
  costUsd: Schema.Finite,
  lastRunAt: Schema.String,
})
export type RepositoryTotals = typeof RepositoryTotals.Type

/** A message that could not be applied. */
export const DeadLetter = Schema.Struct({
  messageId: Schema.String,
  runId: Schema.NullOr(Schema.String),
  why: Schema.String,
  at: Schema.String,
})
export type DeadLetter = typeof DeadLetter.Type

/** What waits, as the database knows it. `oldestInboxMs`: how long the oldest unapplied arrival has been waiting. */
export const Backlog = Schema.Struct({
  position: Count,
  inbox: Count,
  oldestInboxMs: Count,
  commands: Schema.Record(Schema.String, Count),
  deadLetters: Count,
  newestDeadLetters: Schema.Array(DeadLetter),
})
export type Backlog = typeof Backlog.Type
