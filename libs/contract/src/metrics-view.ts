import { Schema } from "effect"
import { Status } from "./run-view.ts"
import { Strategy } from "./values.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
/** By status; a status without runs is 0. */
const ByStatus = Schema.Record(Status, Count)

const Quantiles = Schema.Struct({ p50: Schema.NullOr(Schema.Finite), p95: Schema.NullOr(Schema.Finite) })

/** Runs by the day that they came in, `2026-11-23` in UTC: how they stand now, and how long those took that were fixed. */
export const DayTotals = Schema.Struct({ day: Schema.String, byStatus: ByStatus, secondsToFix: Quantiles })
export type DayTotals = typeof DayTotals.Type

/** How often a strategy was tried, and how often what it proposed passed the proof. */
const StrategyTotals = Schema.Struct({ strategy: Strategy, attempts: Count, validated: Count })

/** How runs stand that came in on the last `days` days (UTC, today included). Times in seconds from the webhook to the end; money in US dollars. */
export const Summary = Schema.Struct({
  days: Count,
  total: Count,
  open: Count,
  byStatus: ByStatus,
  /** Runs that ended fixed or resolved, of those that ended and were neither skipped nor aborted; null without any. */
  fixRate: Schema.NullOr(Schema.Finite),
  pullRequests: Count,
  attempts: Count,
  secondsToFix: Quantiles,
  costUsd: Schema.Finite,
  /** Runs that ended fixed or resolved and had a pull request, by the strategy of its fix. What a person fixed without one counts for none. */
  byStrategy: Schema.Record(Schema.String, Count),
  /** Every day from the first with a run to today, oldest first. */
  perDay: Schema.Array(DayTotals),
  /** In the order in which they are tried; only those that were. */
  strategies: Schema.Array(StrategyTotals),
  /** The share (0 to 1) of the runs in `byStrategy` whose fix no model wrote; null without any. */
  healedWithoutModel: Schema.NullOr(Schema.Finite),
  /** What all runs cost, the fruitless ones included, for each that ended fixed or resolved (US dollars); null without any. */
  costPerFixed: Schema.NullOr(Schema.Finite),
})
export type Summary = typeof Summary.Type

/** The same for one repository, shorter. */
export const RepositoryTotals = Schema.Struct({
  repository: Schema.String,
  total: Count,
  open: Count,
  byStatus: ByStatus,
  fixRate: Schema.NullOr(Schema.Finite),
  secondsToFix: Quantiles,
  costUsd: Schema.Finite,
  lastRunAt: Schema.String,
})
export type RepositoryTotals = typeof RepositoryTotals.Type

/** The last time a dead letter was sent again, and what the planner made of it. `pending`: it has not seen it yet. */
export const Resent = Schema.Struct({
  at: Schema.String,
  by: Schema.String,
  result: Schema.Literals(["applied", "ignored", "conflict", "pending"]),
  why: Schema.optionalKey(Schema.String),
})
export type Resent = typeof Resent.Type

/**
 * A message that could not be applied. `type`: which fact it says, null when it cannot be read; `summary`: the beginning of its JSON;
 * `resendable`: it can be read and sent again.
 */
export const DeadLetter = Schema.Struct({
  id: Schema.String,
  messageId: Schema.String,
  runId: Schema.NullOr(Schema.String),
  type: Schema.NullOr(Schema.String),
  summary: Schema.String,
  why: Schema.String,
  at: Schema.String,
  resendable: Schema.Boolean,
  resent: Schema.NullOr(Resent),
})
export type DeadLetter = typeof DeadLetter.Type

/**
 * What waits, as the database knows it. `oldestInboxMs`: how long the oldest unapplied arrival has been waiting; `oldestCommandMs`: by
 * command, how long ago the oldest unanswered one was due. `deadLetters` counts those that were not sent again with success.
 */
export const Backlog = Schema.Struct({
  position: Count,
  inbox: Count,
  oldestInboxMs: Count,
  commands: Schema.Record(Schema.String, Count),
  oldestCommandMs: Schema.Record(Schema.String, Count),
  deadLetters: Count,
  newestDeadLetters: Schema.Array(DeadLetter),
})
export type Backlog = typeof Backlog.Type
