import type { RunMessage } from "@ci-fix-pilot/contract/envelope"

/** A ledger entry in one line for a person; empty when it says nothing that the next one does not. */
export const describeEntry = (entry: RunMessage): string => {
  switch (entry.type) {
    case "ci-failed":
      return `CI failed: ${entry.data.title}`
    case "failure-fetched":
      return `log read: ${entry.data.failedJobs.map(({ name, steps }) => [name, ...steps].join(" › ")).join(", ")}`
    case "reproduced":
      return `reproduced: \`${entry.data.reproduction.failing.command.run.split("\n")[0]}\` exits ${entry.data.reproduction.failing.exitCode} in ${entry.data.reproduction.sandbox.kind}`
    case "not-reproduced":
      return `not reproduced: green ${entry.data.passed} of ${entry.data.of} times`
    case "not-reproducible":
      return `cannot be reproduced: ${entry.data.why}`
    case "diagnosed":
      return `diagnosed: ${entry.data.diagnosis.summary}`
    case "recalled":
      return entry.data.matches.length === 0 ? "nothing like it is remembered" : `remembered: ${entry.data.matches[0]?.why}`
    case "attempt-started":
      return `attempt ${entry.data.attempt} of ${entry.data.of}: ${entry.data.strategy}`
    case "fix-proposed":
      return `proposed: +${entry.data.proposal.patch.added} -${entry.data.proposal.patch.removed} in ${entry.data.proposal.patch.files.join(", ")}`
    case "fix-declined":
      return `no fix this way: ${entry.data.why}`
    case "fix-rejected":
      return `rejected: ${entry.data.why}`
    case "fix-validated":
      return `proven: red before (${entry.data.proof.before.exitCode}), green after (${entry.data.proof.after.length} commands)`
    case "approval-requested":
      return `waits for approval: ${entry.data.reasons.join("; ")}`
    case "review-given":
      return `${entry.data.reviewer}: ${entry.data.action}`
    case "review-refused":
      return `${entry.data.action} refused: ${entry.data.why}`
    case "pull-request-opened":
      return `pull request ${entry.data.pullRequest.url}`
    case "pull-request-merged":
      return "merged"
    case "pull-request-closed":
      return "the pull request was closed"
    case "branch-moved":
      return "the branch has moved"
    case "gave-up":
      return `gave up ${entry.data.command}: ${entry.data.why}`
    case "escalated":
      return `escalated: ${entry.data.report.reason}`
    case "marked-flaky":
      return "flaky: nothing to fix in the code"
    case "skipped":
      return `skipped: ${entry.data.why}`
    case "aborted":
      return `aborted by ${entry.data.by}`
    case "resolved":
      return `resolved: ${entry.data.how}`
    default:
      return ""
  }
}
