import type { Command, CommandData } from "@ci-fix-pilot/contract/commands"
import type { RunId } from "@ci-fix-pilot/contract/ids"
import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import { type Policy, undoAfterMs } from "./policy.ts"
import { clip, notify, stillOpen } from "./react-telling.ts"
import { lastAttempt, type Run, rejectionsOf } from "./run.ts"
import { moneyLeft } from "./strategy.ts"

/** A command to record; it is sent not before `delayMs` from now (database time). */
export type Intent = Command & { readonly delayMs?: number }

/** What to ask of whom because of this entry. `run` is the run after it. */
export const react = (runId: RunId, run: Run, event: RunEvent, policy: Policy): ReadonlyArray<Intent> => {
  const { target } = run
  switch (event.type) {
    case "ci-failed":
      return [notify(runId, run, policy, "failure-queued", run.title)]
    case "fetch-started": {
      const { workflowRunId, runAttempt, pipelineUrl, errorType, digest, failedJobs } = run.source
      const named = { ...(errorType === undefined ? {} : { errorType }), ...(failedJobs === undefined ? {} : { failedJobs }) }
      const given = digest === undefined ? {} : { given: { digest, ...named } }
      return [
        {
          type: "github.fetch-failure",
          data: {
            target,
            ...(workflowRunId === undefined ? {} : { workflowRunId }),
            ...(runAttempt === undefined ? {} : { runAttempt }),
            ...(pipelineUrl === undefined ? {} : { pipelineUrl }),
            ...given,
          },
        },
      ]
    }
    case "failure-fetched": {
      if (run.phase !== "reproducing") return []
      const { failedJobs, workflow } = event.data
      return [
        {
          type: "validator.reproduce",
          data: { target, failedJobs, tries: policy.reproduceTries, ...(workflow === undefined ? {} : { workflow }) },
        },
      ]
    }
    case "reproduced": {
      const maxCostUsd = Math.min(policy.maxCallUsd, moneyLeft(run, policy))
      return [
        {
          type: "ai.diagnose",
          data: { target, digest: event.data.reproduction.digest, failedJobs: run.failure?.failedJobs ?? [], maxCostUsd },
        },
      ]
    }
    case "diagnosed":
      return run.reproduction === undefined
        ? []
        : [{ type: "memory.recall", data: { target, signature: run.reproduction.signature, digest: run.reproduction.digest, limit: 5 } }]
    case "attempt-started": {
      const kind = event.data.attempt === 1 ? "attempt-started" : "attempt-retried"
      return [
        ...startAttempt(run, policy),
        notify(runId, run, policy, kind, `Attempt ${event.data.attempt} of ${event.data.of}: ${event.data.strategy}`),
      ]
    }
    case "fix-proposed":
      return run.phase === "validating" ? validate(run) : []
    case "fix-rejected":
      return remember(run, "rejected", event.data.why)
    case "approval-requested":
      return [notify(runId, run, policy, "approval-requested", `A proven fix waits for approval: ${event.data.reasons.join("; ")}`)]
    case "delivery-started":
      return openPullRequest(runId, run, policy)
    case "pull-request-opened":
      return [...remember(run, "validated"), notify(runId, run, policy, "pull-request-opened", run.diagnosis?.summary ?? run.title)]
    case "merge-started":
      return run.pullRequest === undefined
        ? []
        : [
            {
              type: "github.merge-pull-request",
              data: {
                target,
                pullRequest: run.pullRequest,
                ...(event.data.approvedBy === undefined ? {} : { approvedBy: event.data.approvedBy }),
              },
            },
          ]
    case "pull-request-checks":
      return event.data.conclusion === "success" &&
        !policy.safeMode &&
        run.phase === "fixed" &&
        run.pullRequest !== undefined &&
        !run.merging
        ? [{ type: "github.check-pull-request", data: { target, pullRequest: run.pullRequest } }]
        : []
    case "answer-ignored":
      // A pull request that came after the run had ended does not belong to it.
      return event.data.type === "pull-request-opened" && run.phase !== "fixed" && run.phase !== "resolved"
        ? [close(run, "the run had ended before the pull request was known")]
        : []
    case "gave-up":
      return stillOpen(runId, run, event.data, policy)
    case "escalated":
      return [
        ...undo(run, event.data.report.reason),
        ...rejectedLate(run, event.data.report.reason),
        notify(runId, run, policy, run.pullRequest?.state === "closed" ? "pull-request-closed" : "run-escalated", event.data.report.reason),
      ]
    case "skipped":
      return [...undo(run, event.data.why), notify(runId, run, policy, "pull-request-skipped", event.data.why)]
    case "aborted":
      return undo(run, `aborted by ${event.data.by}`)
    case "marked-flaky":
      return [notify(runId, run, policy, "run-flaky", `Passed ${event.data.passed} of ${event.data.of} times on the same commit`)]
    case "resolved":
      if (event.data.how === "merged")
        // Whoever merged it, and whoever told first: our branch is of no more use, and only this looks after it.
        return [
          ...remember(run, "merged"),
          close(run, "it is merged"),
          notify(runId, run, policy, "pull-request-merged", run.diagnosis?.summary ?? run.title),
        ]
      return [...undo(run, "a person fixed it"), notify(runId, run, policy, "run-fixed", `Fixed by ${event.data.by ?? "a person"}`)]
    default:
      return []
  }
}

const startAttempt = (run: Run, policy: Policy): ReadonlyArray<Intent> => {
  const attempt = lastAttempt(run)
  const { target, reproduction, diagnosis } = run
  if (attempt === undefined || reproduction === undefined) return []
  if (attempt.strategy === "revert")
    return [
      {
        type: "validator.isolate-culprit",
        data: {
          target,
          failing: reproduction.failing,
          plan: reproduction.plan,
          maxRuns: policy.culpritRuns,
          ...(run.failure?.lastGreenCommit === undefined ? {} : { lastGreenCommit: run.failure?.lastGreenCommit }),
        },
      },
    ]
  if (attempt.strategy === "model" && diagnosis !== undefined) {
    const maxCostUsd = Math.min(policy.maxCallUsd, moneyLeft(run, policy))
    const data: CommandData<"ai.propose-fix"> = {
      target,
      diagnosis,
      digest: reproduction.digest,
      failing: reproduction.failing,
      memories: run.matches,
      rejections: rejectionsOf(run),
      maxCostUsd,
    }
    return [{ type: "ai.propose-fix", data }]
  }
  return []
}

const validate = (run: Run): ReadonlyArray<Intent> => {
  const proposal = lastAttempt(run)?.proposal
  const { target, reproduction } = run
  if (proposal === undefined || reproduction === undefined) return []
  return [
    {
      type: "validator.validate-fix",
      data: { target, patch: proposal.patch, strategy: proposal.strategy, before: reproduction.failing, plan: reproduction.plan },
    },
  ]
}

const openPullRequest = (runId: RunId, run: Run, policy: Policy): ReadonlyArray<Intent> => {
  const attempt = lastAttempt(run)
  if (attempt?.proposal === undefined || attempt.proof === undefined || run.diagnosis === undefined) return []
  const { target, diagnosis, approvedBy } = run
  const { setAside } = run.reproduction ?? {}
  const runUrl = policy.runUrl?.replace("{runId}", runId)
  return [
    {
      type: "github.open-pull-request",
      data: {
        target,
        attempt: attempt.n,
        diagnosis,
        proposal: attempt.proposal,
        proof: attempt.proof,
        ...(setAside === undefined ? {} : { setAside }),
        mostOpen: policy.pullRequestsPerRepository,
        ...(approvedBy === undefined ? {} : { approvedBy }),
        ...(runUrl === undefined ? {} : { runUrl }),
      },
    },
  ]
}

const close = (run: Run, reason: string, delayMs = 0): Intent => ({
  type: "github.close-pull-request",
  data: { target: run.target, reason: clip(reason) },
  delayMs,
})

/** A run that ends without a pull request makes sure that none is left, also one whose answer was lost. */
const undo = (run: Run, reason: string): ReadonlyArray<Intent> =>
  run.deliveryStarted && run.pullRequest?.state !== "merged" ? undoAfterMs.map((delayMs) => close(run, reason, delayMs)) : []

const remember = (run: Run, outcome: CommandData<"memory.remember">["outcome"], why?: string): ReadonlyArray<Intent> => {
  const attempt = lastAttempt(run)
  const { target, reproduction, diagnosis } = run
  if (attempt?.proposal === undefined || reproduction === undefined || diagnosis === undefined) return []
  const { signature, digest } = reproduction
  const data: CommandData<"memory.remember"> = {
    target,
    signature,
    digest,
    diagnosis,
    attempt: attempt.n,
    proposal: attempt.proposal,
    outcome,
    ...(why === undefined ? {} : { why }),
    ...(run.pullRequest?.url === undefined ? {} : { pullRequestUrl: run.pullRequest?.url }),
  }
  return [{ type: "memory.remember", data }]
}

/** A fix that was proven and still not wanted is remembered as rejected. */
const rejectedLate = (run: Run, why: string) =>
  lastAttempt(run)?.outcome === "validated" && (run.pullRequest !== undefined || run.approvalReasons !== undefined)
    ? remember(run, "rejected", why)
    : []
