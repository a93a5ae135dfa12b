import type { ReviewAction } from "@ci-fix-pilot/contract/values"
import { isStop, lastAttempt, type Run } from "@ci-fix-pilot/lifecycle/run"

/** What a reviewer may do with a run as it stands, or why not; and what goes along, so that it is done to what he has seen or not at all. */
export interface Action {
  readonly action: ReviewAction
  readonly label: string
  /** What will happen, said before it does. */
  readonly will: string
  /** Why it cannot be done now; undefined when it can. */
  readonly whyNot: string | undefined
  readonly tone: "primary" | "plain" | "danger"
  readonly body: { readonly expectedPhase?: "awaiting-approval" | "fixed"; readonly patchSha256?: string }
}

const ended: Readonly<Record<string, string>> = {
  escalated: "The run has ended: it was handed over to a person.",
  aborted: "The run has ended: it was aborted.",
  resolved: "The run has ended: it is resolved.",
  skipped: "The run has ended: it was skipped.",
  flaky: "The run has ended: the failure is flaky, there is nothing to fix in the code.",
}

const overFor = (run: Run): string | undefined => {
  if (run.merging) return "The pull request is being merged."
  return isStop(run.phase) && run.phase !== "fixed" ? (ended[run.phase] ?? "The run has ended.") : undefined
}

const nothingYet = (run: Run): string | undefined =>
  run.phase === "fixed" || run.phase === "awaiting-approval" ? undefined : "There is no proven fix to decide about yet."

/** The author of a change from outside cannot let its fix through. */
const ownChange = (run: Run, reviewer: string | undefined): string | undefined => {
  const author = run.failure?.author
  return author !== undefined && !author.trusted && author.login.toLowerCase() === reviewer?.toLowerCase()
    ? "You wrote the failing change; somebody else must approve its fix."
    : undefined
}

const decided = (run: Run): Pick<Action["body"], "expectedPhase"> =>
  run.phase === "fixed" || run.phase === "awaiting-approval" ? { expectedPhase: run.phase } : {}

const pullRequest = (run: Run): string => (run.pullRequest === undefined ? "the pull request" : `pull request #${run.pullRequest.number}`)

const willApprove = (run: Run): string =>
  run.phase === "fixed"
    ? `Merges ${pullRequest(run)} into ${run.target.branch} of ${run.target.repository}, if GitHub allows it. This cannot be taken back here.`
    : `Opens a pull request into ${run.target.branch} of ${run.target.repository} with this patch. It is not merged yet.`

const willDeny = (run: Run): string =>
  run.phase === "fixed"
    ? `Closes ${pullRequest(run)} and deletes its branch. The run ends as escalated, with your note and the patch in its report.`
    : "Nothing is pushed. The run ends as escalated, with your note and the patch in its report."

const willAbort = (run: Run): string => {
  if (run.phase === "fixed") return `Closes ${pullRequest(run)} and deletes its branch. The run ends as escalated.`
  const undone = run.deliveryStarted ? " A pull request that was opened meanwhile is closed." : ""
  return `Stops the run where it is; nothing is pushed.${undone} It cannot be started again.`
}

const willResolve = (run: Run): string =>
  run.deliveryStarted
    ? `Records that a person fixed it and ends the run as resolved; ${pullRequest(run)} is closed.`
    : "Records that a person fixed it and ends the run as resolved; whatever is still being tried stops."

/** The four things that a reviewer may do, in the order in which they are offered. `reviewer`: who looks, where it is known. */
export const actionsFor = (run: Run, reviewer?: string): ReadonlyArray<Action> => {
  const over = overFor(run)
  const patchSha256 = lastAttempt(run)?.proposal?.patch.sha256
  const body = decided(run)
  return [
    {
      action: "approve",
      label: run.phase === "fixed" ? "Approve and merge" : "Approve",
      will: willApprove(run),
      whyNot: over ?? nothingYet(run) ?? ownChange(run, reviewer),
      tone: "primary",
      body: { ...body, ...(patchSha256 === undefined ? {} : { patchSha256 }) },
    },
    { action: "deny", label: "Deny", will: willDeny(run), whyNot: over ?? nothingYet(run), tone: "danger", body },
    { action: "human-fix", label: "I fixed it", will: willResolve(run), whyNot: over, tone: "plain", body },
    { action: "abort", label: "Abort", will: willAbort(run), whyNot: over, tone: "danger", body },
  ]
}
