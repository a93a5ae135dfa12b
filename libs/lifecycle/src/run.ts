import type { CommandType } from "@ci-fix-pilot/contract/commands"
import type { EventData } from "@ci-fix-pilot/contract/events"
import { isStop, type Phase, type Status } from "@ci-fix-pilot/contract/phases"
import type { RunEvent, RunEventData } from "@ci-fix-pilot/contract/run-events"
import type { Attempt, PullRequestState } from "@ci-fix-pilot/contract/run-view"
import type { Diagnosis, Match, Rejection, Report, Reproduction, Target } from "@ci-fix-pilot/contract/values"

export type { Attempt, Phase, PullRequestState }
export { isStop }

/** A run: the fold of its ledger. */
export interface Run {
  readonly target: Target
  readonly title: string
  readonly phase: Phase
  readonly source: EventData<"ci-failed">
  readonly failure?: Omit<EventData<"failure-fetched">, "workflow">
  readonly reproduction?: Reproduction
  readonly diagnosis?: Diagnosis
  readonly modelAvailable: boolean
  readonly matches: ReadonlyArray<Match>
  readonly attempts: ReadonlyArray<Attempt>
  readonly approvalReasons?: ReadonlyArray<string>
  readonly approvedBy?: string
  /** `open-pull-request` was asked for: from here on one may exist. */
  readonly deliveryStarted: boolean
  readonly merging: boolean
  /** Who approved the last merge that was asked for. */
  readonly mergeApprovedBy?: string
  /** GitHub once refused to merge: only a person may try again. */
  readonly mergeRefused: boolean
  readonly pullRequest?: PullRequestState
  /** What GitHub refused for good, how often in a row: to let us see our pull request, or close it. */
  readonly refused?: { readonly command: CommandType; readonly times: number }
  readonly report?: Report
  readonly costUsd: number
  /** Held back for tries that ended without saying what they cost; what they say later is spent all the same. */
  readonly heldUsd?: number
  readonly tokens: number
}

/** The API's status for a phase. */
export const statusOf = (phase: Phase): Status => (phase === "queued" || isStop(phase) ? phase : "running")

/** What was tried and why it was not good enough. */
export const rejectionsOf = (run: Run): ReadonlyArray<Rejection> =>
  run.attempts.flatMap((attempt) =>
    attempt.outcome === "rejected" || attempt.outcome === "declined"
      ? [
          {
            attempt: attempt.n,
            strategy: attempt.strategy,
            why: attempt.why ?? "",
            ...(attempt.proposal === undefined ? {} : { patchSha256: attempt.proposal.patch.sha256 }),
            ...(attempt.log === undefined ? {} : { log: attempt.log }),
          },
        ]
      : [],
  )

export const lastAttempt = (run: Run): Attempt | undefined => run.attempts.at(-1)

const begin = (data: RunEventData<"ci-failed">): Run => ({
  target: data.target,
  title: data.title,
  phase: "queued",
  source: data,
  modelAvailable: false,
  matches: [],
  attempts: [],
  deliveryStarted: false,
  merging: false,
  mergeRefused: false,
  costUsd: 0,
  tokens: 0,
})

const onAttempt = (run: Run, change: Partial<Attempt>): Run => ({
  ...run,
  attempts: run.attempts.map((attempt, index) => (index === run.attempts.length - 1 ? { ...attempt, ...change } : attempt)),
})

const spend = (run: Run, usage: RunEventData<"diagnosed">["usage"]): Run =>
  usage === undefined ? run : { ...run, costUsd: run.costUsd + usage.costUsd, tokens: run.tokens + usage.inputTokens + usage.outputTokens }

const onPullRequest = (run: Run, change: Partial<PullRequestState>): Run =>
  run.pullRequest === undefined ? run : { ...run, pullRequest: { ...run.pullRequest, ...change } }

/** What is asked about a pull request again and again, whatever comes of it. */
const repeated: ReadonlySet<CommandType> = new Set<CommandType>(["github.check-pull-request", "github.close-pull-request"])

const countRefusal = ({ refused }: Run, command: CommandType): Pick<Run, "refused"> =>
  repeated.has(command) ? { refused: { command, times: refused?.command === command ? refused.times + 1 : 1 } } : {}

/** Whether GitHub refused, when it was last asked, to let us see our pull request. */
export const isUnseen = ({ refused }: Run): boolean => refused?.command === "github.check-pull-request"

/** We see it again; that it may not be closed is another matter. */
const heard = (run: Run): Run => {
  const { refused: _, ...seen } = run
  return isUnseen(run) ? seen : run
}

/** What a ledger entry means for its run. The first entry of every ledger is `ci-failed`. */
export const evolve = (run: Run | undefined, event: RunEvent): Run => {
  if (event.type === "ci-failed") return run ?? begin(event.data)
  if (run === undefined) throw new Error(`a ledger cannot begin with ${event.type}`)
  return next(run, event)
}

const next = (run: Run, event: Exclude<RunEvent, { type: "ci-failed" }>): Run => {
  switch (event.type) {
    case "fetch-started":
      return { ...run, phase: "fetching" }
    case "failure-fetched": {
      const { workflow: _, ...failure } = event.data
      return { ...run, phase: "reproducing", failure }
    }
    case "reproduced":
      return { ...run, phase: "diagnosing", reproduction: event.data.reproduction }
    case "diagnosed":
      return spend(
        { ...run, phase: "recalling", diagnosis: event.data.diagnosis, modelAvailable: event.data.modelAvailable },
        event.data.usage,
      )
    case "recalled":
      return { ...run, matches: event.data.matches }
    case "attempt-started":
      return {
        ...run,
        phase: "proposing",
        attempts: [...run.attempts, { n: event.data.attempt, strategy: event.data.strategy, outcome: "open" }],
      }
    case "fix-proposed":
      return spend({ ...onAttempt(run, { proposal: event.data.proposal }), phase: "validating" }, event.data.usage)
    case "fix-declined":
      return spend(onAttempt(run, { outcome: "declined", why: event.data.why }), event.data.usage)
    case "fix-rejected":
      return onAttempt(run, { outcome: "rejected", why: event.data.why, ...(event.data.log === undefined ? {} : { log: event.data.log }) })
    case "fix-validated":
      return onAttempt(run, { outcome: "validated", proof: event.data.proof })
    case "validation-unavailable":
      return onAttempt(run, { outcome: "unavailable", why: event.data.why })
    case "approval-requested":
      return { ...run, phase: "awaiting-approval", approvalReasons: event.data.reasons }
    case "delivery-started":
      return {
        ...run,
        phase: "delivering",
        deliveryStarted: true,
        ...(event.data.approvedBy === undefined ? {} : { approvedBy: event.data.approvedBy }),
      }
    case "pull-request-opened":
      return { ...run, phase: "fixed", pullRequest: { ...event.data.pullRequest, state: "open" } }
    case "merge-started": {
      const { mergeApprovedBy: _, ...rest } = run
      const { approvedBy } = event.data
      return { ...rest, merging: true, ...(approvedBy === undefined ? {} : { mergeApprovedBy: approvedBy }) }
    }
    case "merge-refused":
      return { ...run, merging: false, mergeRefused: true }
    case "pull-request-merged": {
      const which = run.pullRequest ?? event.data.pullRequest
      return { ...run, merging: false, ...(which === undefined ? {} : { pullRequest: { ...which, state: "merged" } }) }
    }
    case "pull-request-closed":
      return { ...onPullRequest(run, { state: "closed" }), merging: false }
    case "pull-request-checks":
      return onPullRequest(heard(run), { checks: event.data.conclusion })
    case "answer-ignored":
      return spend(run, event.data.usage)
    case "escalated":
      return { ...run, phase: "escalated", merging: false, report: event.data.report }
    case "marked-flaky":
      return { ...run, phase: "flaky" }
    case "skipped":
      return { ...run, phase: "skipped" }
    case "aborted":
      return { ...run, phase: "aborted" }
    case "resolved":
      return { ...run, phase: "resolved", merging: false }
    case "failure-unavailable":
    case "not-reproduced":
    case "not-reproducible":
    case "review-given":
    case "review-refused":
    case "branch-moved":
    case "pull-request-refused":
      return run
    case "gave-up": {
      const { command, forGood, heldUsd } = event.data
      return { ...run, ...(heldUsd === undefined ? {} : { heldUsd }), ...(forGood === true ? countRefusal(run, command) : {}) }
    }
  }
}
