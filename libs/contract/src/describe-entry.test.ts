import { describe, expect, it } from "vitest"
import { describeEntry, isRoutine, linkOf } from "./describe-entry.ts"
import type { RunEvent } from "./run-events.ts"

const opened: RunEvent = {
  type: "pull-request-opened",
  data: { pullRequest: { number: 7, url: "https://forge.test/acme/web/pull/7", branch: "b", headSha: "a".repeat(40), adopted: false } },
}
const result = (exitCode: number) => ({
  command: { name: "test", run: "npm test", cwd: ".", source: "workflow" } as const,
  ...{ exitCode, durationMs: 120, timedOut: false, outOfMemory: false, logSha256: "a".repeat(64), logBytes: 40 },
})
const validated = (commands: number): RunEvent => ({
  type: "fix-validated",
  data: {
    attempt: 1,
    proof: {
      ...{ commitSha: "a".repeat(40), patchSha256: "b".repeat(64), treeSha: "c".repeat(40), findings: [] },
      ...{ before: result(1), after: Array.from({ length: commands }, () => result(0)), sandbox: { kind: "docker", image: "node" } },
    },
  },
})

const said: ReadonlyArray<readonly [RunEvent, string]> = [
  [{ type: "not-reproduced", data: { plan: [], passed: 3, of: 3 } }, "not reproduced: green 3 of 3 times"],
  [{ type: "attempt-started", data: { attempt: 2, of: 3, strategy: "model" } }, "attempt 2 of 3: ask a model"],
  [{ type: "recalled", data: { matches: [] } }, "nothing like it is remembered"],
  [{ type: "review-given", data: { action: "deny", reviewer: "grace", note: "not so" } }, "grace denies it: “not so”"],
  [{ type: "review-given", data: { action: "approve", reviewer: "grace" } }, "grace approves it"],
  [
    { type: "review-given", data: { action: "human-fix", reviewer: "grace", note: "pushed to main" } },
    "grace says it is fixed by hand: “pushed to main”",
  ],
  [
    { type: "review-refused", data: { action: "approve", reviewer: "grace", why: "the run has ended: escalated" } },
    "grace could not approve it: the run has ended: escalated",
  ],
  [opened, "pull request #7 is open"],
  [validated(1), "proven: red before (exit 1), green after (1 command)"],
  [validated(2), "proven: red before (exit 1), green after (2 commands)"],
  [
    { type: "pull-request-checks", data: { number: 1, headSha: "a".repeat(40), conclusion: "failure" } },
    "the checks of the pull request are red",
  ],
  [{ type: "merge-refused", data: { why: "a check is red" } }, "not merged: a check is red"],
  [{ type: "pull-request-merged", data: { number: 1, by: "ada" } }, "merged by ada"],
  [{ type: "resolved", data: { how: "human-fix", by: "ada" } }, "resolved: fixed by hand by ada"],
]

describe("a ledger entry in words", () => {
  it.each(said)("%j", (entry, words) => {
    expect(describeEntry(entry)).toBe(words)
  })

  it("leads to its pull request, by words that stand in its line", () => {
    const link = linkOf(opened)
    expect(link).toEqual({ words: "#7", url: "https://forge.test/acme/web/pull/7" })
    expect(describeEntry(opened)).toContain(link?.words)
    expect(linkOf(validated(1))).toBeUndefined()
  })

  it("is routine when it only says that something begins", () => {
    expect(isRoutine({ type: "fetch-started", data: {} })).toBe(true)
    expect(isRoutine({ type: "merge-refused", data: { why: "" } })).toBe(false)
  })
})
