import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import { describe, expect, it } from "vitest"
import { explainConflict } from "./explain-conflict.ts"
import { fold } from "./fold-ledger.ts"
import { denied, escalated, failed, fetched, healed, ledger, waiting } from "./lives.suite.ts"
import { standing, whatFailed } from "./story.ts"

const story = (facts: ReadonlyArray<RunEvent>) => {
  const entries = ledger(...facts)
  const run = fold(entries)
  if (run === undefined) throw new Error("an empty ledger")
  return { what: whatFailed(run), how: standing(run, entries) }
}

describe("the story of a run", () => {
  it("says what failed as exactly as it is known", () => {
    expect(story([failed]).what).toBe("CI › test failed")
    expect(story([failed, fetched]).what).toBe("not ok 1 - adds")
  })

  it("says what a person has to do", () => {
    expect(story([...waiting]).how).toContain("waits for a person")
    expect(story([...healed]).how).toContain("Pull request #7 into main waits for a review")
    const red = { type: "pull-request-checks", data: { number: 7, headSha: "d".repeat(40), conclusion: "failure" } } as const
    expect(story([...healed, red]).how).toContain("Its checks are red")
  })

  it("says how often a flaky failure did not come back", () => {
    expect(story([failed, { type: "marked-flaky", data: { passed: 3, of: 3 } }]).how).toContain("passed 3 of 3 times")
  })
})

describe("an action that came too late", () => {
  it("is told who was first, when, and how the run stands", () => {
    const entries = ledger(...waiting, denied, escalated)
    const now = Date.parse(entries.at(-1)?.at ?? "") + 8_000
    expect(explainConflict("the run has ended: escalated", { status: "escalated" }, entries, now)).toBe(
      "Nothing was changed: alice denied it 10 s ago. (the run has ended: escalated.) The run is escalated now.",
    )
  })

  it("is told the server's reason when nobody else decided", () => {
    expect(explainConflict("another patch waits now", undefined, ledger(...waiting), 0)).toBe(
      "Nothing was changed: another patch waits now.",
    )
  })
})
