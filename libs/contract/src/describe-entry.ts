import type { RunEvent } from "./run-events.ts"

const firstLine = (text: string): string => text.split("\n")[0] ?? ""
const greenOf = ({ passed, of }: { readonly passed: number; readonly of: number }): string => `green ${passed} of ${of} times`
const checks = { pending: "are running", success: "are green", failure: "are red" } as const

/** Whether an entry only says that something was begun, which the next one says better: left out where lines are few. */
export const isRoutine = ({ type }: RunEvent): boolean =>
  type === "fetch-started" || type === "delivery-started" || type === "merge-started" || type === "answer-ignored"

/** A ledger entry in one line for a person: the same words in the terminal and on the page. Plain text; others' words are quoted as they are. */
export const describeEntry = (entry: RunEvent): string => {
  switch (entry.type) {
    case "ci-failed":
      return `CI failed: ${entry.data.title}`
    case "fetch-started":
      return "reading the log of the failed jobs"
    case "failure-fetched":
      return `log read: ${entry.data.failedJobs.map(({ name, steps }) => [name, ...steps].join(" › ")).join(", ")}`
    case "failure-unavailable":
      return `the failure cannot be read: ${entry.data.why}`
    case "reproduced": {
      const { failing, sandbox } = entry.data.reproduction
      return `reproduced: \`${firstLine(failing.command.run)}\` exits ${failing.exitCode} in ${sandbox.kind}`
    }
    case "not-reproduced":
      return `not reproduced: ${greenOf(entry.data)}`
    case "not-reproducible":
      return `cannot be reproduced: ${entry.data.why}`
    case "diagnosed":
      return `diagnosed: ${entry.data.diagnosis.summary}`
    case "recalled":
      return entry.data.matches.length === 0 ? "nothing like it is remembered" : `remembered: ${entry.data.matches[0]?.why}`
    case "attempt-started":
      return `attempt ${entry.data.attempt} of ${entry.data.of}: ${entry.data.strategy}`
    case "fix-proposed": {
      const { added, removed, files } = entry.data.proposal.patch
      return `proposed: +${added} -${removed} in ${files.join(", ")}`
    }
    case "fix-declined":
      return `no fix this way: ${entry.data.why}`
    case "fix-rejected":
      return `rejected: ${entry.data.why}`
    case "fix-validated":
      return `proven: red before (${entry.data.proof.before.exitCode}), green after (${entry.data.proof.after.length} commands)`
    case "validation-unavailable":
      return `could not be verified: ${entry.data.why}`
    case "approval-requested":
      return `waits for approval: ${entry.data.reasons.join("; ")}`
    case "review-given":
      return `${entry.data.reviewer}: ${entry.data.action}${entry.data.note === undefined ? "" : ` (“${entry.data.note}”)`}`
    case "review-refused":
      return `${entry.data.reviewer}: ${entry.data.action} refused: ${entry.data.why}`
    case "delivery-started":
      return entry.data.approvedBy === undefined
        ? "opening the pull request"
        : `opening the pull request, approved by ${entry.data.approvedBy}`
    case "pull-request-opened":
      return `pull request ${entry.data.pullRequest.url}`
    case "pull-request-refused":
      return `the pull request was refused: ${entry.data.why}`
    case "pull-request-checks":
      return `the checks of the pull request ${checks[entry.data.conclusion]}`
    case "merge-started":
      return entry.data.approvedBy === undefined
        ? "merging the pull request"
        : `merging the pull request, approved by ${entry.data.approvedBy}`
    case "merge-refused":
      return `not merged: ${entry.data.why}`
    case "pull-request-merged":
      return `merged${entry.data.by === undefined ? "" : ` by ${entry.data.by}`}`
    case "pull-request-closed":
      return `the pull request was closed${entry.data.by === undefined ? "" : ` by ${entry.data.by}`}`
    case "branch-moved":
      return "the branch has moved"
    case "gave-up":
      return `gave up ${entry.data.command}: ${entry.data.why}`
    case "answer-ignored":
      return `came too late: ${entry.data.type} (${entry.data.why})`
    case "escalated":
      return `escalated: ${entry.data.report.reason}`
    case "marked-flaky":
      return `flaky: ${greenOf(entry.data)}, nothing to fix in the code`
    case "skipped":
      return `skipped: ${entry.data.why}`
    case "aborted":
      return `aborted by ${entry.data.by}`
    case "resolved":
      return `resolved: ${entry.data.how === "merged" ? "merged" : "fixed by hand"}${entry.data.by === undefined ? "" : ` by ${entry.data.by}`}`
  }
}
