import { failureOf } from "@ci-fix-pilot/contract/failure-of"
import type { Run } from "@ci-fix-pilot/lifecycle/run"
import type { LiveEntry } from "../live/follow.ts"

const findLast = <T extends LiveEntry["type"]>(entries: ReadonlyArray<LiveEntry>, type: T) =>
  entries.findLast((entry): entry is LiveEntry & { type: T } => entry.type === type)

/** What failed, as the list says it too; what the pipeline was about while that is all. */
export const whatFailed = (run: Run): string => failureOf(run) ?? run.title

const ways = {
  replay: "a fix that worked before for the same failure",
  model: "a fix that a language model suggests",
  revert: "the smallest part of the change that broke it",
} as const

const checked = {
  pending: "Its checks are running.",
  success: "Its checks are green.",
  failure: "Its checks are red: look before you merge.",
}

const ofFixed = (run: Run): string => {
  const name = run.pullRequest === undefined ? "A pull request" : `Pull request #${run.pullRequest.number}`
  if (run.merging) return `${name} is being merged.`
  const checks = run.pullRequest?.checks
  const refused = run.mergeRefused ? " GitHub refused to merge it; see the timeline for why." : ""
  return `Proven and offered: ${name} into ${run.target.branch} waits for a review.${checks === undefined ? "" : ` ${checked[checks]}`}${refused}`
}

const ofResolved = (entries: ReadonlyArray<LiveEntry>): string => {
  const data = findLast(entries, "resolved")?.data
  const by = data?.by === undefined ? "" : ` by ${data.by}`
  if (data?.how === "human-fix") return `Fixed by hand${by}; nothing more to do.`
  const approver = findLast(entries, "merge-started")?.data.approvedBy
  return `Merged${by}${approver === undefined ? "" : `, approved by ${approver}`}; nothing more to do.`
}

/** How the run stands and what comes next, for who has just opened the page. */
export const standing = (run: Run, entries: ReadonlyArray<LiveEntry>): string => {
  const attempt = run.attempts.at(-1)
  switch (run.phase) {
    case "queued":
      return "Accepted; healing begins in a moment."
    case "fetching":
      return "Reading the log of the failed jobs."
    case "reproducing":
      return "Running the failing command again in a sandbox, to see it fail there."
    case "diagnosing":
      return "Finding out what kind of failure this is."
    case "recalling":
      return "Looking for fixes that worked before for such a failure."
    case "proposing":
      return `Attempt ${attempt?.n ?? 1}: looking for ${attempt === undefined ? "a fix" : ways[attempt.strategy]}.`
    case "validating":
      return `Attempt ${attempt?.n ?? 1}: proving the fix. It must be red without the patch and green with it.`
    case "awaiting-approval":
      return "A proven fix waits for a person; nothing is pushed before somebody approves it."
    case "delivering":
      return "The fix is proven; its pull request is being opened."
    case "fixed":
      return ofFixed(run)
    case "resolved":
      return ofResolved(entries)
    case "escalated":
      return run.attempts.some(({ outcome }) => outcome === "validated")
        ? "A fix was proven and yet not taken. The report below says why, and what to do next."
        : "No fix could be proven. The report below says what was tried and what to do next."
    case "aborted":
      return `Stopped by ${findLast(entries, "aborted")?.data.by ?? "a person"}; nothing was delivered.`
    case "skipped":
      return `Not healed: ${findLast(entries, "skipped")?.data.why ?? "there was nothing to do"}.`
    case "flaky": {
      const data = findLast(entries, "marked-flaky")?.data
      const times = data === undefined ? "" : ` It passed ${data.passed} of ${data.of} times on the very same commit.`
      return `The failure comes and goes, so nothing in the code was changed.${times} Run the pipeline again.`
    }
  }
}
