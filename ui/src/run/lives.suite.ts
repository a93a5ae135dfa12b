/** Runs' lives as ledgers, for tests. */
import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import type { RunDetail } from "@ci-fix-pilot/contract/run-view"
import type { LiveEntry } from "../live/follow.ts"

export const runId = `run_${"1".padStart(24, "0")}`
const target = { provider: "github", repository: "acme/shop-1", branch: "main", commitSha: "1".padStart(40, "0") } as const
const digest = { text: "not ok 1 - adds\n  expected 3, got 4\n", firstError: 0, totalLines: 2, totalBytes: 40, redactions: 0 }
export const patch = {
  diff: "--- a/src/add.js\n+++ b/src/add.js\n@@ -1 +1 @@\n-export const add = (a, b) => a - b\n+export const add = (a, b) => a + b\n",
  ...{ sha256: "5".repeat(64), files: ["src/add.js"], added: 1, removed: 1 },
}
const proposal = { strategy: "revert", patch, explanation: "Undoes the change of one operator.", confidence: 0.9 } as const
const result = (exitCode: number) => ({
  command: { name: "test", run: "npm test", cwd: ".", source: "workflow" } as const,
  ...{ exitCode, durationMs: 120, timedOut: false, outOfMemory: false, logSha256: "a".repeat(64), logBytes: 40 },
})

/** Each fact two seconds after the one before. */
export const ledger = (...facts: ReadonlyArray<RunEvent>): ReadonlyArray<LiveEntry> =>
  facts.map((fact, n) => ({
    ...fact,
    runId,
    seq: n + 1,
    position: n + 41,
    at: new Date(Date.UTC(2026, 10, 23, 4, 0, 2 * n)).toISOString(),
    causedBy: null,
    traceparent: "",
  }))

export const failed: RunEvent = { type: "ci-failed", data: { target, title: "CI › test failed", workflowRunId: 1, runAttempt: 1 } }
export const fetched: RunEvent = {
  type: "failure-fetched",
  data: {
    failedJobs: [{ name: "test", steps: ["npm test"] }],
    digest,
    signature: "00000000000000aa",
    author: { login: "Mallory", association: "NONE", trusted: false },
    fork: true,
    headMoved: false,
  },
}
export const attempt = (n: number): RunEvent => ({ type: "attempt-started", data: { attempt: n, of: 3, strategy: "revert" } })
export const proposed = (n: number): RunEvent => ({ type: "fix-proposed", data: { attempt: n, proposal } })
export const rejected = (n: number): RunEvent => ({
  type: "fix-rejected",
  data: { attempt: n, why: "still red", log: "\u001b[31mnot ok\u001b[0m" },
})
export const validated = (n: number): RunEvent => ({
  type: "fix-validated",
  data: {
    attempt: n,
    proof: {
      commitSha: target.commitSha,
      patchSha256: patch.sha256,
      treeSha: "b".repeat(40),
      before: result(1),
      after: [result(0)],
      sandbox: { kind: "bubblewrap", image: "host" },
      findings: [],
    },
  },
})
export const asked: RunEvent = { type: "approval-requested", data: { reasons: ["the branch belongs to a fork"] } }
export const delivering = (n: number): RunEvent => ({ type: "delivery-started", data: { attempt: n } })
export const opened = {
  type: "pull-request-opened",
  data: {
    pullRequest: {
      number: 7,
      url: "https://github.test/acme/shop/pull/7",
      branch: `ci-fix-pilot/${runId}`,
      headSha: "d".repeat(40),
      adopted: false,
    },
  },
} as const satisfies RunEvent
export const denied: RunEvent = { type: "review-given", data: { action: "deny", reviewer: "alice" } }
export const escalated: RunEvent = {
  type: "escalated",
  data: { report: { reason: "Denied by alice", failed: "test", tried: [], evidence: ["not ok 1"], nextStep: "Fix it by hand." } },
}

export const waiting = [failed, { type: "fetch-started", data: {} }, fetched, attempt(1), proposed(1), validated(1), asked] as const
export const healed = [failed, { type: "fetch-started", data: {} }, attempt(1), proposed(1), validated(1), delivering(1), opened] as const

/** What the server says of a run with this ledger. */
export const detailOf = (entries: ReadonlyArray<LiveEntry>): RunDetail => ({
  ...{ runId, repository: "acme/shop-1", branch: "main", commitSha: target.commitSha, title: "CI › test failed" },
  ...{ status: "running", phase: "queued", signature: null, attempt: 0, maxAttempts: 3, strategy: null, pullRequestUrl: null, costUsd: 0 },
  ...{ createdAt: "2026-11-23T04:00:00.000Z", updatedAt: "2026-11-23T04:00:00.000Z", stoppedAt: null, deadlineAt: null, position: 0 },
  ...{
    source: { target, title: "CI › test failed" },
    failedJobs: [],
    attempts: [],
    tokens: 0,
    failure: null,
    kind: null,
    seq: entries.length,
  },
  events: entries,
})
