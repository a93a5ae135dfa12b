import type { Match, Strategy } from "@ci-fix-pilot/contract/values"
import type { Policy } from "./policy.ts"
import type { Run } from "./run.ts"

const wasTried = (run: Run, match: Match) => run.attempts.some((attempt) => attempt.proposal?.patch.sha256 === match.patch?.sha256)

/** The memory of this very patch having been rejected for this very failure, by a gate or a person. */
export const rejectionOf = (run: Run, patchSha256: string | undefined): Match | undefined =>
  run.matches.find(
    (match) => match.outcome === "rejected" && match.signature === run.reproduction?.signature && match.patch?.sha256 === patchSha256,
  )

/**
 * The remembered fix worth trying: merged by a person, for this very signature, in this repository (or shared on purpose, which is
 * memory's decision), never rejected for it here, and not tried in this run before.
 */
export const replayable = (run: Run): Match | undefined =>
  run.matches.find(
    (match) =>
      match.patch !== undefined &&
      match.outcome === "merged" &&
      match.signature === run.reproduction?.signature &&
      !wasTried(run, match) &&
      rejectionOf(run, match.patch.sha256) === undefined,
  )

/** What a run may still spend (US dollars). */
export const moneyLeft = ({ costUsd, heldUsd = 0 }: Run, { maxCostUsd }: Policy): number => maxCostUsd - (costUsd + heldUsd)

/** The next attempt's strategy, cheapest proof first; `undefined` when nothing is left to try. The last attempt is kept for the revert. */
export const nextStrategy = (run: Run, policy: Policy): Strategy | undefined => {
  const left = policy.maxAttempts - run.attempts.length
  if (left <= 0 || run.reproduction === undefined) return undefined
  const canRevert = !run.attempts.some((attempt) => attempt.strategy === "revert")
  const canAskModel = run.modelAvailable && policy.maxCallUsd <= moneyLeft(run, policy)
  if (replayable(run) !== undefined && (left > 1 || !canRevert)) return "replay"
  if (canAskModel && (left > 1 || !canRevert)) return "model"
  return canRevert ? "revert" : undefined
}
