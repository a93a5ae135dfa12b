import { describe, expect, it } from "vitest"
import { describeEntry, isRoutine } from "./describe-entry.ts"
import type { RunEvent } from "./run-events.ts"

const said: ReadonlyArray<readonly [RunEvent, string]> = [
  [{ type: "not-reproduced", data: { plan: [], passed: 3, of: 3 } }, "not reproduced: green 3 of 3 times"],
  [{ type: "attempt-started", data: { attempt: 2, of: 3, strategy: "model" } }, "attempt 2 of 3: model"],
  [{ type: "recalled", data: { matches: [] } }, "nothing like it is remembered"],
  [{ type: "review-given", data: { action: "deny", reviewer: "grace", note: "not so" } }, "grace: deny (“not so”)"],
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

  it("is routine when it only says that something begins", () => {
    expect(isRoutine({ type: "fetch-started", data: {} })).toBe(true)
    expect(isRoutine({ type: "merge-refused", data: { why: "" } })).toBe(false)
  })
})
