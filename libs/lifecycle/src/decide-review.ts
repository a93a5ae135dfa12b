import type { EventData } from "@ci-fix-pilot/contract/events"
import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import { escalate } from "./decide-attempt.ts"
import type { Facts } from "./input.ts"
import type { Policy } from "./policy.ts"
import { isStop, lastAttempt, type Run } from "./run.ts"

type Review = EventData<"review-given">
type Entries = ReadonlyArray<RunEvent>

const by = (review: Review) => `${review.reviewer}${review.note === undefined ? "" : `: ${review.note}`}`

const refuse = (review: Review, why: string): Entries => [
  { type: "review-refused", data: { action: review.action, reviewer: review.reviewer, why: why.slice(0, 2_000) } },
]

/** A reviewer's word: the first that is committed wins; what cannot be done any more is refused with the reason. */
export const decideReview = (run: Run, review: Review, facts: Facts, policy: Policy): Entries => {
  const given: RunEvent = { type: "review-given", data: review }
  if (isStop(run.phase) && run.phase !== "fixed") return refuse(review, `the run has ended: ${run.phase}`)
  if (run.merging) return refuse(review, "the pull request is being merged")
  if (review.expectedPhase !== undefined && review.expectedPhase !== run.phase)
    return refuse(review, `the run is ${run.phase} by now, not ${review.expectedPhase}: look at it again`)
  switch (review.action) {
    case "approve":
      return approve(run, review, given, facts.openPullRequests < policy.pullRequestsPerRepository ? undefined : facts.openPullRequests)
    case "deny":
      if (run.phase !== "fixed" && run.phase !== "awaiting-approval")
        return refuse(review, `there is nothing to deny while the run is ${run.phase}`)
      return [
        given,
        escalate(
          run,
          `Denied by ${by(review)}`,
          "Fix the failure by hand: the next push is looked at anew.",
          lastAttempt(run)?.proposal?.patch,
        ),
      ]
    case "abort":
      if (run.phase === "fixed")
        return [given, escalate(run, `Aborted by ${by(review)}`, "The pull request is closed; fix the failure by hand.")]
      return [given, { type: "aborted", data: { by: review.reviewer, ...(review.note === undefined ? {} : { note: review.note }) } }]
    case "human-fix":
      return [given, { type: "resolved", data: { how: "human-fix", by: review.reviewer } }]
  }
}

/** `tooMany`: how many pull requests of ours are open, where that leaves no room for another. */
const approve = (run: Run, review: Review, given: RunEvent, tooMany: number | undefined): Entries => {
  const patch = lastAttempt(run)?.proposal?.patch
  if (run.phase !== "fixed" && run.phase !== "awaiting-approval")
    return refuse(review, `there is nothing to approve while the run is ${run.phase}`)
  if (review.patchSha256 !== undefined && review.patchSha256 !== patch?.sha256)
    return refuse(review, "another patch waits now; look at it again")
  const author = run.failure?.author
  if (author !== undefined && !author.trusted && author.login.toLowerCase() === review.reviewer.toLowerCase())
    return refuse(review, "the author of the failing change cannot approve its fix")
  // Releasing a fix and merging it are two decisions: a word that names neither, after the first was made, may be the first one said twice.
  if (run.phase === "fixed" && run.approvedBy !== undefined && review.expectedPhase === undefined)
    return refuse(review, "this fix was approved already; to merge its pull request, approve with expectedPhase: fixed")
  if (run.phase === "fixed") return [given, { type: "merge-started", data: { approvedBy: review.reviewer } }]
  if (tooMany !== undefined)
    return refuse(review, `${tooMany} of our pull requests are already open in this repository: merge or close one of them first`)
  return [given, { type: "delivery-started", data: { attempt: lastAttempt(run)?.n ?? 0, approvedBy: review.reviewer } }]
}
