import type { Command } from "@ci-fix-pilot/contract/commands"
import type { Event, EventData } from "@ci-fix-pilot/contract/events"
import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import type { CommandResult, LogDigest, Patch, PlanCommand, Proposal, Target } from "@ci-fix-pilot/contract/values"

/** A run's name made of a number, for tests and benches. */
export const runIdOf = (n: number) => `run_${n.toString(16).padStart(24, "0")}`

export const target = (n = 1): Target => ({
  provider: "github",
  repository: `acme/shop-${n % 1000}`,
  branch: "main",
  commitSha: n.toString(16).padStart(40, "0"),
})

export const digest: LogDigest = {
  text: "not ok 1 - adds\n  expected 3, got 4\n",
  firstError: 0,
  totalLines: 2,
  totalBytes: 40,
  redactions: 0,
}
const command: PlanCommand = { name: "test", run: "npm test", cwd: ".", source: "workflow" }

export const result = (exitCode: number): CommandResult => ({
  command,
  exitCode,
  durationMs: 120,
  timedOut: false,
  outOfMemory: false,
  logSha256: "a".repeat(64),
  logBytes: 40,
})

const diff = "--- a/src/add.js\n+++ b/src/add.js\n@@ -1 +1 @@\n-export const add = (a, b) => a - b\n+export const add = (a, b) => a + b\n"
export const patch: Patch = {
  diff,
  sha256: sha256Hex(diff),
  files: ["src/add.js"],
  added: 1,
  removed: 1,
}
export const proposal: Proposal = { strategy: "revert", patch, explanation: "Undoes the change of one operator.", confidence: 0.9 }

/** A pipeline that went red, as ingest says it. */
export const ciFailed = (n = 1): EventData<"ci-failed"> => ({
  target: target(n),
  title: "CI › test failed",
  workflowRunId: n,
  runAttempt: 1,
})

/** What hands that always succeed at once would answer. */
export const scriptedAnswer = (asked: Command): Event => {
  switch (asked.type) {
    case "github.fetch-failure":
      return {
        type: "failure-fetched",
        data: {
          failedJobs: [{ id: 1, name: "test", steps: ["npm test"] }],
          digest,
          signature: asked.data.target.commitSha.slice(-16),
          author: { login: "ada", association: "MEMBER", trusted: true },
          fork: false,
          headMoved: false,
        },
      }
    case "validator.reproduce":
      return {
        type: "reproduced",
        data: {
          reproduction: {
            plan: [command],
            failing: result(1),
            signature: "00000000000000aa",
            digest,
            sandbox: { kind: "bubblewrap", image: "host" },
          },
        },
      }
    case "ai.diagnose":
      return {
        type: "diagnosed",
        data: {
          modelAvailable: false,
          diagnosis: {
            kind: "test",
            summary: "adds: expected 3, got 4",
            firstError: "expected 3, got 4",
            suspectFiles: ["src/add.js"],
            confidence: 0.9,
            by: "rules",
          },
        },
      }
    case "memory.recall":
      return { type: "recalled", data: { matches: [] } }
    case "memory.remember":
      return { type: "remembered", data: { memoryId: "m1" } }
    case "ai.propose-fix":
    case "validator.isolate-culprit":
      return { type: "fix-proposed", data: { proposal: { ...proposal, strategy: asked.type === "ai.propose-fix" ? "model" : "revert" } } }
    case "validator.validate-fix":
      return {
        type: "fix-validated",
        data: {
          proof: {
            commitSha: asked.data.target.commitSha,
            patchSha256: asked.data.patch.sha256,
            treeSha: "b".repeat(40),
            before: result(1),
            after: [result(0)],
            sandbox: { kind: "bubblewrap", image: "host" },
            findings: [],
          },
        },
      }
    case "github.open-pull-request":
      return {
        type: "pull-request-opened",
        data: {
          pullRequest: {
            number: 1,
            url: "http://forge.test/acme/shop/pull/1",
            branch: "ci-fix-pilot/x",
            headSha: "c".repeat(40),
            adopted: false,
          },
        },
      }
    case "github.merge-pull-request":
      return { type: "pull-request-merged", data: { number: asked.data.pullRequest.number } }
    case "github.close-pull-request":
      return { type: "pull-request-closed", data: {} }
    case "github.check-pull-request":
      return {
        type: "pull-request-checks",
        data: { number: asked.data.pullRequest.number, headSha: asked.data.pullRequest.headSha, conclusion: "pending" },
      }
    case "notifier.notify":
      return { type: "notified", data: { channel: "off" } }
  }
}
