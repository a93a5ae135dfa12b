/** How far a run has come: ledgers to begin a sentence with, each one step longer than the one before. */
import type { EventData } from "@ci-fix-pilot/contract/events"
import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import type { CommandResult, Diagnosis, LogDigest, Match, Patch, PlanCommand, Proof, Strategy, Target } from "@ci-fix-pilot/contract/values"

export const target: Target = { provider: "github", repository: "acme/shop", branch: "main", commitSha: "c".repeat(40) }
export const digest: LogDigest = { text: "not ok 1 - adds", firstError: 0, totalLines: 1, totalBytes: 15, redactions: 0 }
export const signature = "00000000000000aa"
export const command: PlanCommand = { name: "test", run: "npm test", cwd: ".", source: "workflow" }
export const lint: PlanCommand = { ...command, name: "lint", run: "npm run lint" }
export const usage = { model: "m", inputTokens: 10, outputTokens: 5, costUsd: 0.1 }

export const patchOf = (n: number, changes: Partial<Patch> = {}): Patch => ({
  diff: `patch ${n}`,
  sha256: n.toString(16).padStart(64, "0"),
  files: ["a.js"],
  added: 1,
  removed: 1,
  ...changes,
})

export const resultOf = (exitCode: number, changes: Partial<CommandResult> = {}): CommandResult => ({
  command,
  exitCode,
  durationMs: 5,
  timedOut: false,
  outOfMemory: false,
  logSha256: "a".repeat(64),
  logBytes: 15,
  ...changes,
})

export const proposalOf = (n: number, strategy: Strategy = "revert", changes: Partial<Patch> = {}) => ({
  strategy,
  patch: patchOf(n, changes),
  explanation: "because",
  confidence: 0.5,
})

export const proofOf = (n: number, changes: Partial<Proof> = {}): Proof => ({
  commitSha: target.commitSha,
  patchSha256: patchOf(n).sha256,
  treeSha: "b".repeat(40),
  before: resultOf(1),
  after: [resultOf(0), resultOf(0, { command: lint })],
  sandbox: { kind: "bubblewrap", image: "host" },
  findings: [],
  ...changes,
})

export const matchOf = (n: number, changes: Partial<Match> = {}): Match => ({
  memoryId: `m${n}`,
  score: 0.9,
  why: "the same failure",
  signature,
  repository: "acme/shop",
  branch: "main",
  outcome: "merged",
  strategy: "revert",
  summary: "an operator was undone",
  patch: patchOf(n),
  provenance: { runId: `run_${"0".repeat(24)}`, commitSha: "9".repeat(40) },
  ...changes,
})

/** Whose name our own changes of GitHub bear. */
export const ourLogin = "ci-fix-pilot[bot]"
export const pullRequest = {
  number: 1,
  url: "https://forge.test/1",
  branch: "ci-fix-pilot/x",
  headSha: "d".repeat(40),
  adopted: false,
  author: ourLogin,
}
export const diagnosis: Diagnosis = {
  kind: "test",
  summary: "adds: expected 3",
  firstError: "expected 3, got 4",
  suspectFiles: ["add.js"],
  confidence: 0.9,
  by: "rules",
}

export const ciFailed = (changes: Partial<EventData<"ci-failed">> = {}) =>
  ({ type: "ci-failed", data: { target, title: "CI failed", ...changes } }) satisfies RunEvent
export const fetchStarted = { type: "fetch-started", data: {} } satisfies RunEvent
export const fetched = (changes: Partial<EventData<"failure-fetched">> = {}) =>
  ({
    type: "failure-fetched",
    data: {
      failedJobs: [{ name: "test", steps: ["npm test"] }],
      digest,
      signature,
      author: { login: "ada", association: "MEMBER", trusted: true },
      fork: false,
      headMoved: false,
      ...changes,
    },
  }) satisfies RunEvent
export const reproduced = {
  type: "reproduced",
  data: {
    reproduction: { plan: [command, lint], failing: resultOf(1), signature, digest, sandbox: { kind: "bubblewrap", image: "host" } },
  },
} satisfies RunEvent
export const diagnosed = (modelAvailable = false, costUsd = 0) =>
  ({
    type: "diagnosed",
    data: { diagnosis, modelAvailable, ...(costUsd === 0 ? {} : { usage: { ...usage, costUsd } }) },
  }) satisfies RunEvent
export const recalled = (...matches: ReadonlyArray<Match>) => ({ type: "recalled", data: { matches } }) satisfies RunEvent
export const attemptStarted = (attempt: number, strategy: Strategy) =>
  ({ type: "attempt-started", data: { attempt, of: 3, strategy } }) satisfies RunEvent
export const fixProposed = (attempt: number, n = attempt, strategy: Strategy = "revert", changes: Partial<Patch> = {}) =>
  ({ type: "fix-proposed", data: { attempt, proposal: proposalOf(n, strategy, changes) } }) satisfies RunEvent
export const fixRejected = (attempt: number) => ({ type: "fix-rejected", data: { attempt, why: "still red" } }) satisfies RunEvent
export const fixDeclined = (attempt: number) => ({ type: "fix-declined", data: { attempt, why: "no idea" } }) satisfies RunEvent
const fixValidated = (attempt: number, n = attempt, changes: Partial<Proof> = {}) =>
  ({ type: "fix-validated", data: { attempt, proof: proofOf(n, changes) } }) satisfies RunEvent
const approvalRequested = { type: "approval-requested", data: { reasons: ["the branch belongs to a fork"] } } satisfies RunEvent
export const deliveryStarted = { type: "delivery-started", data: { attempt: 1 } } satisfies RunEvent
export const opened = { type: "pull-request-opened", data: { pullRequest } } satisfies RunEvent
export const mergeStarted = { type: "merge-started", data: {} } satisfies RunEvent
export const approvedMerge = { type: "merge-started", data: { approvedBy: "grace" } } satisfies RunEvent
export const merged = { type: "pull-request-merged", data: { number: 1, by: "ada" } } satisfies RunEvent
export const closed = { type: "pull-request-closed", data: { number: 1, by: "ada" } } satisfies RunEvent
export const escalated = {
  type: "escalated",
  data: { report: { reason: "enough", failed: "tests", tried: [], evidence: [], nextStep: "look" } },
} satisfies RunEvent

type Ledger = ReadonlyArray<RunEvent>
export const queued: Ledger = [ciFailed()]
export const fetching: Ledger = [...queued, fetchStarted]
export const reproducing: Ledger = [...fetching, fetched()]
export const diagnosing: Ledger = [...reproducing, reproduced]
export const recalling: Ledger = [...diagnosing, diagnosed()]
export const withModel: Ledger = [...diagnosing, diagnosed(true)]
export const proposing: Ledger = [...recalling, recalled(), attemptStarted(1, "revert")]
export const modelProposing: Ledger = [...withModel, recalled(), attemptStarted(1, "model")]
export const validating: Ledger = [...proposing, fixProposed(1)]
export const modelValidating: Ledger = [...modelProposing, fixProposed(1, 1, "model")]
export const awaitingApproval: Ledger = [...validating, fixValidated(1), approvalRequested]
export const delivering: Ledger = [...validating, fixValidated(1), deliveryStarted]
export const fixed: Ledger = [...delivering, opened]
export const merging: Ledger = [...fixed, mergeStarted]
export const approved: Ledger = [...fixed, approvedMerge]
export const resolved: Ledger = [...merging, merged, { type: "resolved", data: { how: "merged" } }]
