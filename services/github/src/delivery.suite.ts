/** Commands and what they carry, for tests. */

import type { CommandData, CommandType } from "@ci-fix-pilot/contract/commands"
import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import type { CommandResult, Diagnosis, Patch, Proof, Proposal, Target } from "@ci-fix-pilot/contract/values"

export const runId = "run_0123456789abcdef01234567"
export const sha = (digit: string): string => digit.repeat(40)
export const target: Target = { provider: "github", repository: "acme/shop", branch: "feature/cart", commitSha: sha("a") }

export const diff = [
  "diff --git a/src/total.ts b/src/total.ts",
  "--- a/src/total.ts",
  "+++ b/src/total.ts",
  "@@ -1,3 +1,3 @@",
  " export const total = (prices: number[]) =>",
  "-  prices.reduce((sum, price) => sum - price, 0)",
  "+  prices.reduce((sum, price) => sum + price, 0)",
  " ",
  "",
].join("\n")

export const patchOf = (text: string, files: ReadonlyArray<string> = ["src/total.ts"]): Patch => ({
  diff: text,
  sha256: sha256Hex(text),
  files,
  added: 1,
  removed: 1,
})

export const result = (run: string, exitCode: number, durationMs: number, extra: Partial<CommandResult> = {}): CommandResult => ({
  command: { name: run, run, cwd: ".", source: "workflow" },
  exitCode,
  durationMs,
  timedOut: false,
  outOfMemory: false,
  logSha256: sha256Hex(run),
  logBytes: 1_200,
  ...extra,
})

export const diagnosis: Diagnosis = {
  kind: "test",
  summary: "The cart's total subtracts prices instead of adding them up (expected 30, received -30).",
  firstError: "FAIL src/total.test.ts > adds prices up\nAssertionError: expected -30 to be 30",
  suspectFiles: ["src/total.ts"],
  confidence: 0.9,
  by: "rules",
}

export const proposal = (patch: Patch = patchOf(diff)): Proposal => ({
  strategy: "revert",
  patch,
  explanation: "Reverting this hunk alone turns the failing test green.",
  confidence: 1,
  culprit: { goodCommit: sha("9"), hunks: 7, reverted: 1, sandboxRuns: 5 },
})

export const proof = (patch: Patch = patchOf(diff), more: Partial<Proof> = {}): Proof => ({
  commitSha: target.commitSha,
  patchSha256: patch.sha256,
  treeSha: sha("7"),
  before: result("npm test", 1, 3_240),
  after: [result("npm test", 0, 3_110), result("npm run build", 0, 65_400)],
  sandbox: { kind: "docker", image: "ci-fix-pilot/sandbox:1@sha256:0000" },
  findings: [],
  ...more,
})

export type Delivery = CommandData<"github.open-pull-request">
export const delivery = (more: Partial<Delivery> = {}): Delivery => ({
  target,
  attempt: 1,
  diagnosis,
  proposal: proposal(),
  proof: proof(),
  ...more,
})

/** A command as its handler sees it. */
export const command = <T extends CommandType>(type: T, data: CommandData<T>, run = runId) => ({
  id: `c1#1`,
  type,
  at: "2026-01-01T00:00:00.000Z",
  runId: run,
  traceparent: "00-00000000000000000000000000000001-0000000000000001-01",
  data,
})
