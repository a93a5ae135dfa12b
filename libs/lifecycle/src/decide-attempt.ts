import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import type { Patch } from "@ci-fix-pilot/contract/values"
import type { Policy } from "./policy.ts"
import { reportOf } from "./report.ts"
import { evolve, lastAttempt, type Run } from "./run.ts"
import { nextStrategy, replayable } from "./strategy.ts"

/** Some entries, and what follows from the run as they leave it. */
export const withEntries = (
  run: Run,
  entries: ReadonlyArray<RunEvent>,
  then: (run: Run) => ReadonlyArray<RunEvent>,
): ReadonlyArray<RunEvent> => [...entries, ...then(entries.reduce<Run>(evolve, run))]

/** The end of a run that a person must take over. */
export const escalate = (run: Run, reason: string, nextStep: string, patch?: Patch): RunEvent => ({
  type: "escalated",
  data: { report: reportOf(run, reason, nextStep, patch) },
})

/** Starts the next attempt, or escalates when nothing is left. A replay brings its proposal along. */
export const nextAttempt = (run: Run, policy: Policy): ReadonlyArray<RunEvent> => {
  const strategy = nextStrategy(run, policy)
  if (strategy === undefined) return [exhausted(run, policy)]
  const attempt = run.attempts.length + 1
  const started: RunEvent = { type: "attempt-started", data: { attempt, of: policy.maxAttempts, strategy } }
  const match = strategy === "replay" ? replayable(run) : undefined
  if (match?.patch === undefined) return [started]
  const proposal = {
    strategy,
    patch: match.patch,
    explanation: `The same failure was fixed before: ${match.summary} (${match.why}).`.slice(0, 4_000),
    confidence: match.score,
    memoryId: match.memoryId,
  }
  return [started, { type: "fix-proposed", data: { attempt, proposal } }]
}

const exhausted = (run: Run, policy: Policy): RunEvent => {
  const tried = run.attempts.length
  const reason =
    tried >= policy.maxAttempts
      ? `All ${tried} attempts were rejected.`
      : `No way to a fix is left after ${tried} ${tried === 1 ? "attempt" : "attempts"}${whyNoModel(run, policy)}.`
  return escalate(run, reason, "Read why each attempt was rejected below, then fix the failure by hand: the next push is looked at anew.")
}

const whyNoModel = ({ heldUsd = 0, modelAvailable }: Run, { maxCostUsd }: Policy) =>
  heldUsd > 0
    ? ` ($${heldUsd.toFixed(2)} of $${maxCostUsd.toFixed(2)} is held for model calls that never said what they cost)`
    : modelAvailable
      ? ""
      : " (no model is configured)"

/** The gate said no: remember why, and try the next way. */
export const reject = (run: Run, why: string, log: string | undefined, policy: Policy): ReadonlyArray<RunEvent> => {
  const attempt = lastAttempt(run)?.n ?? 0
  const rejected: RunEvent = { type: "fix-rejected", data: { attempt, why: why.slice(0, 2_000), ...(log === undefined ? {} : { log }) } }
  return withEntries(run, [rejected], (then) => nextAttempt(then, policy))
}
