/** Runs' lives, as ledgers. */
import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import { ciFailed, digest, patch, proposal, result, runIdOf, target } from "@ci-fix-pilot/testkit/scripted-answers"

export const runId = runIdOf

export const failed = (n: number): RunEvent => ({ type: "ci-failed", data: ciFailed(n) })

const proof = (n: number) => ({
  commitSha: target(n).commitSha,
  patchSha256: patch.sha256,
  treeSha: "b".repeat(40),
  before: result(1),
  after: [result(0)],
  sandbox: { kind: "bubblewrap", image: "host" } as const,
  findings: [],
})

export const match = {
  memoryId: "m1",
  score: 0.9,
  why: "the same signature",
  signature: "0123456789abcdef",
  repository: "acme/shop-9",
  branch: "main",
  outcome: "merged",
  strategy: "model",
  summary: "adds instead of subtracting",
  provenance: { runId: runIdOf(900), commitSha: "c".repeat(40) },
} as const

/** From red to a proven fix. */
export const proven = (n: number): ReadonlyArray<RunEvent> => [
  failed(n),
  { type: "fetch-started", data: {} },
  { type: "recalled", data: { matches: [match] } },
  { type: "attempt-started", data: { attempt: 1, of: 3, strategy: "revert" } },
  { type: "fix-proposed", data: { attempt: 1, proposal } },
  { type: "fix-validated", data: { attempt: 1, proof: proof(n) } },
]

/** From red to an open pull request. */
export const fixed = (n: number): ReadonlyArray<RunEvent> => [
  ...proven(n),
  { type: "delivery-started", data: { attempt: 1 } },
  {
    type: "pull-request-opened",
    data: {
      pullRequest: {
        number: n,
        url: `https://github.test/acme/shop-${n}/pull/${n}`,
        branch: `ci-fix-pilot/${runIdOf(n)}`,
        headSha: "d".repeat(40),
        adopted: false,
      },
    },
  },
]

export const escalated = (n: number): ReadonlyArray<RunEvent> => [
  failed(n),
  {
    type: "escalated",
    data: { report: { reason: "nothing helped", failed: "test", tried: [], evidence: ["not ok 1"], nextStep: "look at it" } },
  },
]

/** From red, over a fix that was rejected, to a person who says that they fixed it. */
export const fixedByHand = (n: number): ReadonlyArray<RunEvent> => [
  failed(n),
  { type: "fetch-started", data: {} },
  { type: "attempt-started", data: { attempt: 1, of: 3, strategy: "model" } },
  { type: "fix-proposed", data: { attempt: 1, proposal } },
  { type: "fix-rejected", data: { attempt: 1, why: "still red" } },
  { type: "review-given", data: { action: "human-fix", reviewer: "grace" } },
  { type: "resolved", data: { how: "human-fix", by: "grace" } },
]

export { digest, patch }
