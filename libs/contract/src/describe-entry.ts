import type { RunEvent } from "./run-events.ts"
import { strategyWords } from "./strategy-words.ts"
import type { ReviewAction } from "./values.ts"

const firstLine = (text: string): string => text.split("\n")[0] ?? ""
const greenOf = ({ passed, of }: { readonly passed: number; readonly of: number }): string => `green ${passed} of ${of} times`
const commands = (n: number): string => (n === 1 ? "1 command" : `${n} commands`)
const approved = (by: string | undefined): string => (by === undefined ? "" : `, approved by ${by}`)
const done = (by: string | undefined): string => (by === undefined ? "" : ` by ${by}`)
const checks = { pending: "are running", success: "are green", failure: "are red" } as const
const says: Readonly<Record<ReviewAction, string>> = {
  approve: "approves it",
  deny: "denies it",
  abort: "aborts it",
  "human-fix": "says it is fixed by hand",
}
const wished: Readonly<Record<ReviewAction, string>> = {
  approve: "approve it",
  deny: "deny it",
  abort: "abort it",
  "human-fix": "call it fixed by hand",
}

/** Whether an entry only says that something was begun, which the next one says better: left out where lines are few. */
export const isRoutine = ({ type }: RunEvent): boolean =>
  type === "fetch-started" || type === "delivery-started" || type === "merge-started" || type === "answer-ignored"

/** Where an entry leads: words of its line, and the address behind them. The address is others' word: check it before it becomes a link. */
export const linkOf = (entry: RunEvent): { readonly words: string; readonly url: string } | undefined =>
  entry.type === "pull-request-opened" ? { words: `#${entry.data.pullRequest.number}`, url: entry.data.pullRequest.url } : undefined

/**
 * A ledger entry in one line for a person: the same words in the terminal and on the page. Plain text, with code between backticks; others'
 * words are quoted as they are.
 */
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
      return `attempt ${entry.data.attempt} of ${entry.data.of}: ${strategyWords(entry.data.strategy)}`
    case "fix-proposed": {
      const { added, removed, files } = entry.data.proposal.patch
      return `proposed: +${added} −${removed} in ${files.join(", ")}`
    }
    case "fix-declined":
      return `no fix this way: ${entry.data.why}`
    case "fix-rejected":
      return `rejected: ${entry.data.why}`
    case "fix-validated":
      return `proven: red before (exit ${entry.data.proof.before.exitCode}), green after (${commands(entry.data.proof.after.length)})`
    case "validation-unavailable":
      return `could not be verified: ${entry.data.why}`
    case "approval-requested":
      return `waits for approval: ${entry.data.reasons.join("; ")}`
    case "review-given":
      return `${entry.data.reviewer} ${says[entry.data.action]}${entry.data.note === undefined ? "" : `: “${entry.data.note}”`}`
    case "review-refused":
      return `${entry.data.reviewer} could not ${wished[entry.data.action]}: ${entry.data.why}`
    case "delivery-started":
      return `opening the pull request${approved(entry.data.approvedBy)}`
    case "pull-request-opened":
      return `pull request #${entry.data.pullRequest.number} is open`
    case "pull-request-refused":
      return `the pull request was refused: ${entry.data.why}`
    case "pull-request-checks":
      return `the checks of the pull request ${checks[entry.data.conclusion]}`
    case "merge-started":
      return `merging the pull request${approved(entry.data.approvedBy)}`
    case "merge-refused":
      return `not merged: ${entry.data.why}`
    case "pull-request-merged":
      return `merged${done(entry.data.by)}`
    case "pull-request-closed":
      return `the pull request was closed${done(entry.data.by)}`
    case "branch-moved":
      return "the branch has moved"
    case "gave-up":
      return `gave up \`${entry.data.command}\`: ${entry.data.why}`
    case "answer-ignored":
      return `came too late: \`${entry.data.type}\` (${entry.data.why})`
    case "escalated":
      return `escalated: ${entry.data.report.reason}`
    case "marked-flaky":
      return `flaky: ${greenOf(entry.data)}, nothing to fix in the code`
    case "skipped":
      return `skipped: ${entry.data.why}`
    case "aborted":
      return `aborted by ${entry.data.by}`
    case "resolved":
      return `resolved: ${entry.data.how === "merged" ? "merged" : "fixed by hand"}${done(entry.data.by)}`
  }
}
