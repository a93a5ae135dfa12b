import { Schema } from "effect"
import { commandTypes } from "./commands.ts"
import { events } from "./events.ts"
import { CommitSha, RunId } from "./ids.ts"
import { Proposal, Report, ReviewAction, Strategy, Usage } from "./values.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Line = Schema.String.check(Schema.isMaxLength(2_000))
const CommandName = Schema.Literals(commandTypes)

/** The entries of a run's ledger, by fact: everything that was seen, and everything the planner decided about it. */
export const runEvents = {
  "ci-failed": events["ci-failed"],
  "fetch-started": Schema.Struct({}),
  "failure-fetched": events["failure-fetched"],
  "failure-unavailable": events["failure-unavailable"],
  reproduced: events["reproduced"],
  "not-reproduced": events["not-reproduced"],
  "not-reproducible": events["not-reproducible"],
  diagnosed: events["diagnosed"],
  recalled: events["recalled"],
  "attempt-started": Schema.Struct({ attempt: Count, of: Count, strategy: Strategy }),
  "fix-proposed": Schema.Struct({ attempt: Count, proposal: Proposal, usage: Schema.optionalKey(Usage) }),
  "fix-declined": Schema.Struct({ attempt: Count, ...events["fix-declined"].fields }),
  "fix-validated": Schema.Struct({ attempt: Count, ...events["fix-validated"].fields }),
  "fix-rejected": Schema.Struct({ attempt: Count, ...events["fix-rejected"].fields }),
  "validation-unavailable": Schema.Struct({ attempt: Count, ...events["validation-unavailable"].fields }),
  "approval-requested": Schema.Struct({ reasons: Schema.Array(Line) }),
  "review-given": events["review-given"],
  "review-refused": Schema.Struct({ action: ReviewAction, reviewer: Line, why: Line }),
  "delivery-started": Schema.Struct({ attempt: Count, approvedBy: Schema.optionalKey(Line) }),
  "pull-request-opened": events["pull-request-opened"],
  "branch-moved": events["branch-moved"],
  "pull-request-refused": events["pull-request-refused"],
  "merge-started": Schema.Struct({ approvedBy: Schema.optionalKey(Line) }),
  "merge-refused": events["merge-refused"],
  "pull-request-merged": events["pull-request-merged"],
  "pull-request-closed": events["pull-request-closed"],
  "pull-request-checks": events["pull-request-checks"],
  /**
   * `heldUsd`: what is held back in this run for tries that ended without saying what they cost (US dollars). `forGood`: whoever was asked
   * says that no repetition mends it.
   */
  "gave-up": Schema.Struct({
    command: CommandName,
    why: Line,
    heldUsd: Schema.optionalKey(Schema.Finite),
    forGood: Schema.optionalKey(Schema.Literal(true)),
  }),
  "answer-ignored": Schema.Struct({ type: Line, why: Line, usage: Schema.optionalKey(Usage) }),
  escalated: Schema.Struct({ report: Report }),
  "marked-flaky": Schema.Struct({ passed: Count, of: Count }),
  skipped: Schema.Struct({ why: Line, duplicateOf: Schema.optionalKey(RunId), head: Schema.optionalKey(CommitSha) }),
  aborted: Schema.Struct({ by: Line, note: Schema.optionalKey(Line) }),
  resolved: Schema.Struct({ how: Schema.Literals(["merged", "human-fix"]), by: Schema.optionalKey(Line) }),
} as const

export type RunEventType = keyof typeof runEvents
export type RunEventData<T extends RunEventType> = (typeof runEvents)[T]["Type"]
/** One fact of a run's life. */
export type RunEvent = { readonly [T in RunEventType]: { readonly type: T; readonly data: RunEventData<T> } }[RunEventType]
