/** A notice of each kind, as the planner writes them. */
import { commands } from "@ci-fix-pilot/contract/commands"
import type { Notice } from "./message.ts"

export const kinds = commands["notifier.notify"].fields.kind.literals

const pullRequestUrl = "https://github.test/acme/shop/pull/12"
const runUrl = "https://healing.test/runs/run_000000000000000000000001"
const tried = (attempt: number, strategy: Notice["strategy"] & string) => ({ attempt, maxAttempts: 3, strategy })

const stories: Readonly<Record<Notice["kind"], Omit<Notice, "kind" | "target">>> = {
  "failure-queued": { summary: "CI › test failed" },
  "attempt-started": { summary: "Attempt 1 of 3: replay", ...tried(1, "replay") },
  "attempt-retried": { summary: "Attempt 2 of 3: model", ...tried(2, "model") },
  "approval-requested": { summary: "A proven fix waits for approval: weakened-test in cart.test.js", ...tried(2, "model") },
  "run-fixed": { summary: "Fixed by ada", ...tried(1, "revert") },
  "run-escalated": { summary: "All 3 attempts were rejected.", ...tried(3, "revert") },
  "run-flaky": { summary: "Passed 3 of 3 times on the same commit" },
  "pull-request-opened": { summary: "TypeError in totalOf: cart.items is undefined", ...tried(3, "revert"), pullRequestUrl },
  "pull-request-merged": { summary: "TypeError in totalOf: cart.items is undefined", ...tried(3, "revert"), pullRequestUrl },
  "pull-request-closed": { summary: "Closed by ada: fixed by hand", ...tried(3, "revert"), pullRequestUrl },
  "pull-request-skipped": { summary: "The branch moved on to 9f8e7d6c" },
}

export const noticeOf = (kind: Notice["kind"], other: Partial<Notice> = {}): Notice => ({
  kind,
  target: { provider: "github", repository: "acme/shop", branch: "main", commitSha: "0123456789abcdef0123456789abcdef01234567" },
  runUrl,
  ...stories[kind],
  ...other,
})
