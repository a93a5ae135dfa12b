/** One failure, as the tests of this service tell it. */
import type { CommandOf } from "@ci-fix-pilot/actor/Actor"
import type { CommandData } from "@ci-fix-pilot/contract/commands"
import type { CommandResult, Diagnosis, LogDigest, Match, Patch, Rejection, Target } from "@ci-fix-pilot/contract/values"

export const target: Target = { provider: "github", repository: "acme/shop", branch: "main", commitSha: "a".repeat(40) }
export const runId = `run_${"1".repeat(24)}`

export const digest: LogDigest = {
  text: [
    "> shop@1.0.0 test",
    "> node --test",
    "",
    "✖ sums a basket (1.2ms)",
    "  AssertionError: expected 3 but got -1",
    "      at total (file:///workspace/src/total.js:2:12)",
    "      at file:///workspace/test/total.test.js:5:3",
  ].join("\n"),
  firstError: 3,
  totalLines: 7,
  totalBytes: 210,
  redactions: 0,
}

export const diagnosis: Diagnosis = {
  kind: "test",
  summary: "total subtracts instead of adding",
  firstError: "AssertionError: expected 3 but got -1",
  suspectFiles: ["src/total.js"],
  confidence: 0.8,
  by: "rules",
}

export const failing: CommandResult = {
  command: { name: "test", run: "npm test", cwd: ".", source: "workflow" },
  exitCode: 1,
  durationMs: 900,
  timedOut: false,
  outOfMemory: false,
  logSha256: "b".repeat(64),
  logBytes: 210,
}

export const files = {
  "src/total.js": "export const total = (a, b) => {\n  return a - b\n}\n",
  "test/total.test.js": 'import { total } from "../src/total.js"\n',
  "package.json": '{ "name": "shop" }\n',
}

export const patch: Patch = { diff: "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n", sha256: "c".repeat(64), files: ["x"], added: 1, removed: 1 }

export const memory: Match = {
  memoryId: "m1",
  score: 0.9,
  why: "same signature",
  signature: "0123456789abcdef",
  repository: "acme/shop",
  branch: "next",
  outcome: "merged",
  strategy: "model",
  summary: "a sign was wrong in discount",
  patch,
  provenance: { runId: `run_${"2".repeat(24)}`, commitSha: "d".repeat(40) },
}

export const rejection: Rejection = { attempt: 1, strategy: "model", why: "npm test is still red", log: "expected 3 but got 2" }

/** The edit that heals it. */
export const goodFix = {
  explanation: "total subtracted; it must add.",
  confidence: 0.9,
  edits: [{ path: "src/total.js", find: "return a - b", replace: "return a + b" }],
}

export const proposeFix = (data: Partial<CommandData<"ai.propose-fix">> = {}): CommandOf<"ai.propose-fix"> => ({
  id: "cmd-1#0",
  type: "ai.propose-fix",
  at: "2026-11-23T00:00:00.000Z",
  runId,
  attempt: 2,
  traceparent: "00-00000000000000000000000000000001-0000000000000001-01",
  data: { target, diagnosis, digest, failing, memories: [], rejections: [], maxCostUsd: 0.5, ...data },
})

export const diagnose = (data: Partial<CommandData<"ai.diagnose">> = {}): CommandOf<"ai.diagnose"> => ({
  id: "cmd-2#0",
  type: "ai.diagnose",
  at: "2026-11-23T00:00:00.000Z",
  runId,
  traceparent: "00-00000000000000000000000000000001-0000000000000001-01",
  data: { target, digest, failedJobs: [{ name: "test", steps: ["Run npm test"] }], maxCostUsd: 0.5, ...data },
})
