import { Schema, Struct } from "effect"
import { CommitSha, Signature } from "./ids.ts"
import {
  CommandResult,
  Diagnosis,
  FailedJob,
  LogDigest,
  Match,
  Patch,
  PlanCommand,
  Proof,
  Proposal,
  PullRequest,
  Rejection,
  Strategy,
  Target,
} from "./values.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Line = Schema.String.check(Schema.isMaxLength(2_000))

/** Fetch the failed jobs, their logs and what surrounds them. `given` is what the webhook itself said. */
const FetchFailure = Schema.Struct({
  target: Target,
  workflowRunId: Schema.optionalKey(Count),
  runAttempt: Schema.optionalKey(Count),
  pipelineUrl: Schema.optionalKey(Line),
  given: Schema.optionalKey(
    Schema.Struct({
      errorType: Schema.optionalKey(Line),
      digest: LogDigest,
      failedJobs: Schema.optionalKey(Schema.Array(FailedJob).check(Schema.isMaxLength(20))),
    }),
  ),
})

/** Run the failing commit in the sandbox until its failure is seen again; `tries` greens in a row mean flaky. */
const Reproduce = Schema.Struct({
  target: Target,
  failedJobs: Schema.Array(FailedJob),
  workflow: Schema.optionalKey(Schema.Struct({ path: Line, text: Schema.String.check(Schema.isMaxLength(65_536)) })),
  tries: Count,
})

/** Say what kind of failure it is. The model is asked only when the rules are unsure and `maxCostUsd` allows it. */
const Diagnose = Schema.Struct({ target: Target, digest: LogDigest, failedJobs: Schema.Array(FailedJob), maxCostUsd: Schema.Finite })

/** Find remembered fixes: of this repository first, then of everywhere that shares. */
const Recall = Schema.Struct({ target: Target, signature: Signature, digest: LogDigest, limit: Count })

/** Ask a model for a patch. Spends at most `maxCostUsd`. */
const ProposeFix = Schema.Struct({
  target: Target,
  diagnosis: Diagnosis,
  digest: LogDigest,
  failing: CommandResult,
  memories: Schema.Array(Match),
  rejections: Schema.Array(Rejection),
  maxCostUsd: Schema.Finite,
})

/** Find the smallest part of the change since the last green commit whose removal turns `failing` green. */
const IsolateCulprit = Schema.Struct({
  target: Target,
  lastGreenCommit: Schema.optionalKey(CommitSha),
  failing: CommandResult,
  plan: Schema.Array(PlanCommand),
  maxRuns: Count,
})

/** Apply the patch in a fresh view, run the failing command, then the whole plan. */
const ValidateFix = Schema.Struct({
  target: Target,
  patch: Patch,
  strategy: Strategy,
  before: CommandResult,
  plan: Schema.Array(PlanCommand),
})

/**
 * Open a pull request into the failing branch, or adopt the one that is there. Carries all that its text says. `mostOpen`: pull requests of
 * ours that the repository may have open with this one; the planner has counted those it knows, GitHub is asked for the others. `setAside`:
 * commands that were red before the failing change, too.
 */
const OpenPullRequest = Schema.Struct({
  target: Target,
  attempt: Count,
  diagnosis: Diagnosis,
  proposal: Proposal,
  proof: Proof,
  setAside: Schema.optionalKey(Schema.Array(CommandResult)),
  mostOpen: Schema.optionalKey(Count),
  approvedBy: Schema.optionalKey(Line),
  runUrl: Schema.optionalKey(Line),
})

/** Merge our pull request, only at the proven head. */
const MergePullRequest = Schema.Struct({ target: Target, pullRequest: PullRequest, approvedBy: Schema.optionalKey(Line) })

/** Close whatever pull request the run has and delete its branch; safe when there is none. */
const ClosePullRequest = Schema.Struct({ target: Target, reason: Line })

/** Ask GitHub how a pull request of ours stands; answered with merged, closed or checks. */
const CheckPullRequest = Schema.Struct({ target: Target, pullRequest: PullRequest })

/** Remember how an attempt ended, so that the next run can use it or avoid it. */
const Remember = Schema.Struct({
  target: Target,
  signature: Signature,
  digest: LogDigest,
  diagnosis: Diagnosis,
  attempt: Count,
  proposal: Proposal,
  outcome: Schema.Literals(["validated", "merged", "rejected"]),
  why: Schema.optionalKey(Line),
  pullRequestUrl: Schema.optionalKey(Line),
})

/** Tell people. Never on the critical path of a run. */
const Notify = Schema.Struct({
  kind: Schema.Literals([
    "failure-queued",
    "attempt-started",
    "attempt-retried",
    "approval-requested",
    "run-fixed",
    "run-escalated",
    "run-flaky",
    "pull-request-opened",
    "pull-request-merged",
    "pull-request-closed",
    "pull-request-skipped",
  ]),
  target: Target,
  summary: Line,
  attempt: Schema.optionalKey(Count),
  maxAttempts: Schema.optionalKey(Count),
  strategy: Schema.optionalKey(Strategy),
  pullRequestUrl: Schema.optionalKey(Line),
  runUrl: Schema.optionalKey(Line),
})

/** Every command by its type `<service>.<verb-noun>`: what it carries. */
export const commands = {
  "github.fetch-failure": FetchFailure,
  "github.open-pull-request": OpenPullRequest,
  "github.merge-pull-request": MergePullRequest,
  "github.close-pull-request": ClosePullRequest,
  "github.check-pull-request": CheckPullRequest,
  "validator.reproduce": Reproduce,
  "validator.isolate-culprit": IsolateCulprit,
  "validator.validate-fix": ValidateFix,
  "ai.diagnose": Diagnose,
  "ai.propose-fix": ProposeFix,
  "memory.recall": Recall,
  "memory.remember": Remember,
  "notifier.notify": Notify,
} as const

export type CommandType = keyof typeof commands
/** The types of all commands. */
export const commandTypes: ReadonlyArray<CommandType> = Struct.keys(commands)
export type CommandData<T extends CommandType> = (typeof commands)[T]["Type"]
/** A command as the planner records it, before it is dispatched. */
export type Command = { readonly [T in CommandType]: { readonly type: T; readonly data: CommandData<T> } }[CommandType]

/** Commands that cost money, hold a sandbox or change GitHub: their holder must hold a lease (design, section 7). */
export const leased: ReadonlySet<CommandType> = new Set<CommandType>([
  "validator.reproduce",
  "validator.isolate-culprit",
  "validator.validate-fix",
  "ai.diagnose",
  "ai.propose-fix",
  "github.open-pull-request",
  "github.merge-pull-request",
  "github.close-pull-request",
])
