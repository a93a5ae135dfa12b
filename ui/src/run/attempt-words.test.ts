import type { Proposal } from "@ci-fix-pilot/contract/values"
import { describe, expect, it } from "vitest"
import { strategyStory } from "./attempt-words.ts"
import { patch } from "./lives.suite.ts"

const undoing = (hunks: number, reverted: number): Proposal => ({
  ...{ strategy: "revert", patch, explanation: "", confidence: 0.9 },
  culprit: { goodCommit: "3".repeat(40), hunks, reverted, sandboxRuns: 6 },
})

describe("the story of undoing what broke it", () => {
  it("says plainly that one place was all that changed", () =>
    expect(strategyStory("revert", undoing(1, 1))).toMatch(/which was green, one place changed; it is undone\.$/u))

  it("says that all of several places are undone", () =>
    expect(strategyStory("revert", undoing(3, 3))).toMatch(
      /3 places changed\. 6 runs in the sandbox found that all of them are to be undone\.$/u,
    ))

  it("says how many of them are undone", () =>
    expect(strategyStory("revert", undoing(4, 1))).toMatch(
      /4 places changed\. 6 runs in the sandbox found the one to undo; everything else stays\.$/u,
    ))
})
