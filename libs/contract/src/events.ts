import { Schema } from "effect"
import type { CommandType } from "./commands.ts"
import { CommitSha, Sha256, Signature } from "./ids.ts"
import {
  Author,
  Diagnosis,
  FailedJob,
  LogDigest,
  Match,
  PlanCommand,
  Proof,
  Proposal,
  PullRequest,
  Reproduction,
  ReviewAction,
  ReviewedPhase,
  Target,
  Usage,
} from "./values.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Line = Schema.String.check(Schema.isMaxLength(2_000))
const Why = Schema.Struct({ why: Line })

/** A pipeline went red. `digest` is what the webhook itself said; absent for native GitHub events. */
const CiFailed = Schema.Struct({
  target: Target,
  title: Line,
  workflowRunId: Schema.optionalKey(Count),
  runAttempt: Schema.optionalKey(Count),
  workflow: Schema.optionalKey(Line),
  pipelineUrl: Schema.optionalKey(Line),
  errorType: Schema.optionalKey(Line),
  signature: Schema.optionalKey(Signature),
  digest: Schema.optionalKey(LogDigest),
  /** As the webhook named them; what is fetched is more reliable. */
  failedJobs: Schema.optionalKey(Schema.Array(FailedJob).check(Schema.isMaxLength(20))),
  fork: Schema.optionalKey(Schema.Boolean),
})

/** A reviewer decided something about a run. `patchSha256`: only if this is still the patch that waits; `expectedPhase`: only if the run still is. */
const ReviewGiven = Schema.Struct({
  action: ReviewAction,
  reviewer: Schema.String.check(Schema.isMaxLength(100)),
  note: Schema.optionalKey(Line),
  patchSha256: Schema.optionalKey(Sha256),
  expectedPhase: Schema.optionalKey(ReviewedPhase),
})

const FailureFetched = Schema.Struct({
  failedJobs: Schema.Array(FailedJob),
  digest: LogDigest,
  signature: Signature,
  workflow: Schema.optionalKey(Schema.Struct({ path: Line, text: Schema.String.check(Schema.isMaxLength(65_536)) })),
  lastGreenCommit: Schema.optionalKey(CommitSha),
  author: Author,
  fork: Schema.Boolean,
  headMoved: Schema.Boolean,
})

/** A check that ran on our own pull request. */
const Checks = Schema.Struct({ number: Count, headSha: CommitSha, conclusion: Schema.Literals(["pending", "success", "failure"]) })
/** `number` is absent when the run never had a pull request. `pullRequest`: which one, for a run that does not know of it yet. */
const PullRequestEnd = Schema.Struct({
  number: Schema.optionalKey(Count),
  by: Schema.optionalKey(Line),
  pullRequest: Schema.optionalKey(PullRequest),
})

/** Every event a service may say, by its fact: what it carries. */
export const events = {
  "ci-failed": CiFailed,
  "review-given": ReviewGiven,
  "failure-fetched": FailureFetched,
  "failure-unavailable": Why,
  reproduced: Schema.Struct({ reproduction: Reproduction }),
  "not-reproduced": Schema.Struct({ plan: Schema.Array(PlanCommand), passed: Count, of: Count }),
  "not-reproducible": Schema.Struct({ why: Line, evidence: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(4_000))) }),
  diagnosed: Schema.Struct({ diagnosis: Diagnosis, modelAvailable: Schema.Boolean, usage: Schema.optionalKey(Usage) }),
  recalled: Schema.Struct({ matches: Schema.Array(Match) }),
  "fix-proposed": Schema.Struct({ proposal: Proposal, usage: Schema.optionalKey(Usage) }),
  /** `unsteady`: how often the failing command passed on the failing commit itself; then nothing in the code is to blame for sure. */
  "fix-declined": Schema.Struct({
    why: Line,
    usage: Schema.optionalKey(Usage),
    unsteady: Schema.optionalKey(Schema.Struct({ passed: Count, of: Count })),
  }),
  "fix-validated": Schema.Struct({ proof: Proof }),
  "fix-rejected": Schema.Struct({ why: Line, log: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(8_000))) }),
  "validation-unavailable": Why,
  "pull-request-opened": Schema.Struct({ pullRequest: PullRequest }),
  "branch-moved": Schema.Struct({ head: Schema.optionalKey(CommitSha) }),
  "pull-request-refused": Why,
  "pull-request-merged": PullRequestEnd,
  "merge-refused": Why,
  "pull-request-closed": PullRequestEnd,
  "pull-request-checks": Checks,
  remembered: Schema.Struct({ memoryId: Schema.String.check(Schema.isMaxLength(100)) }),
  notified: Schema.Struct({ channel: Schema.Literals(["slack", "off"]) }),
  postponed: Schema.Struct({ afterMs: Count, why: Line, uncounted: Schema.optionalKey(Schema.Boolean), usage: Schema.optionalKey(Usage) }),
  "failed-for-good": Schema.Struct({ reason: Line, usage: Schema.optionalKey(Usage) }),
} as const

export type EventType = keyof typeof events
export type EventData<T extends EventType> = (typeof events)[T]["Type"]
/** What a service says it saw. */
export type Event = { readonly [T in EventType]: { readonly type: T; readonly data: EventData<T> } }[EventType]

/** What each command may be answered with, besides `postponed` and `failed-for-good`, which any command may. */
export const answers = {
  "github.fetch-failure": ["failure-fetched", "failure-unavailable"],
  "github.open-pull-request": ["pull-request-opened", "pull-request-merged", "branch-moved", "pull-request-refused"],
  "github.merge-pull-request": ["pull-request-merged", "merge-refused"],
  "github.close-pull-request": ["pull-request-closed", "pull-request-merged"],
  "github.check-pull-request": ["pull-request-merged", "pull-request-closed", "pull-request-checks"],
  "validator.reproduce": ["reproduced", "not-reproduced", "not-reproducible"],
  "validator.isolate-culprit": ["fix-proposed", "fix-declined"],
  "validator.validate-fix": ["fix-validated", "fix-rejected", "validation-unavailable"],
  "ai.diagnose": ["diagnosed"],
  "ai.propose-fix": ["fix-proposed", "fix-declined"],
  "memory.recall": ["recalled"],
  "memory.remember": ["remembered"],
  "notifier.notify": ["notified"],
} as const satisfies Record<CommandType, ReadonlyArray<EventType>>

/** The events that may answer a command. */
export type AnswerTo<T extends CommandType> = Extract<Event, { type: (typeof answers)[T][number] | "postponed" | "failed-for-good" }>
