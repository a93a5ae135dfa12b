/** Ledger entries as the stream tells them. */
import type { LiveEntry } from "./follow.ts"

const target = { provider: "github", repository: "acme/web", branch: "main", commitSha: "a".repeat(40) } as const
export const at = "2026-11-23T12:00:00.000Z"

/** Gives entries their places: one after another in the ledger, and in their run. */
export const makeTelling = (position = 0) => {
  const seqs = new Map<string, number>()
  const place = (runId: string) => {
    position += 1
    const seq = (seqs.get(runId) ?? 0) + 1
    seqs.set(runId, seq)
    return { runId, seq, position, at, causedBy: null, traceparent: "" }
  }
  return {
    failed: (runId: string, repository = "acme/web"): LiveEntry => ({
      ...place(runId),
      type: "ci-failed",
      data: { target: { ...target, repository }, title: "CI › test failed" },
    }),
    fetching: (runId: string): LiveEntry => ({ ...place(runId), type: "fetch-started", data: {} }),
    fetched: (runId: string, text: string, firstError: number): LiveEntry => ({
      ...place(runId),
      type: "failure-fetched",
      data: {
        ...{ failedJobs: [], signature: "0123456789abcdef", fork: false, headMoved: false },
        digest: { text, firstError, totalLines: 2, totalBytes: text.length, redactions: 0 },
        author: { login: "ada", association: "MEMBER", trusted: true },
      },
    }),
    diagnosed: (runId: string, costUsd = 0): LiveEntry => ({
      ...place(runId),
      type: "diagnosed",
      data: {
        diagnosis: { kind: "test", summary: "3 is not 4", firstError: "", suspectFiles: [], confidence: 1, by: "model" },
        modelAvailable: true,
        usage: { model: "m", inputTokens: 1, outputTokens: 1, costUsd },
      },
    }),
    attempt: (runId: string, attempt: number): LiveEntry => ({
      ...place(runId),
      type: "attempt-started",
      data: { attempt, of: 3, strategy: "model" },
    }),
    waiting: (runId: string): LiveEntry => ({ ...place(runId), type: "approval-requested", data: { reasons: ["a large diff"] } }),
    delivering: (runId: string): LiveEntry => ({ ...place(runId), type: "delivery-started", data: { attempt: 1 } }),
    opened: (runId: string): LiveEntry => ({
      ...place(runId),
      type: "pull-request-opened",
      data: { pullRequest: { number: 7, url: "https://forge.test/acme/web/pull/7", branch: "b", headSha: "d".repeat(40), adopted: false } },
    }),
    aborted: (runId: string): LiveEntry => ({ ...place(runId), type: "aborted", data: { by: "ada" } }),
    reviewed: (runId: string): LiveEntry => ({
      ...place(runId),
      type: "review-refused",
      data: { action: "deny", reviewer: "ada", why: "too late" },
    }),
  }
}
