import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import { describe, expect, it } from "vitest"
import { fold } from "./fold-ledger.ts"
import { failed, fetched, healed, ledger, waiting } from "./lives.suite.ts"
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

  it("names who decided, not only whose hand merged", () => {
    const merged = { type: "resolved", data: { how: "merged", by: "ci-fix-pilot" } } as const
    expect(story([...healed, merged]).how).toBe("Merged by ci-fix-pilot; nothing more to do.")
    const approved = { type: "merge-started", data: { approvedBy: "grace" } } as const
    expect(story([...healed, approved, merged]).how).toBe("Merged by ci-fix-pilot, approved by grace; nothing more to do.")
  })

  it("does not say of a fix that a person refused that there was none", () => {
    const report = { reason: "Denied by grace: no", failed: "test", tried: [], evidence: [], nextStep: "Fix it by hand." }
    expect(story([...healed, { type: "escalated", data: { report } }]).how).toContain("A fix was proven and yet not taken")
    expect(story([failed, { type: "escalated", data: { report } }]).how).toContain("No fix could be proven")
  })

  it("says how often a flaky failure did not come back", () => {
    expect(story([failed, { type: "marked-flaky", data: { passed: 3, of: 3 } }]).how).toContain("passed 3 of 3 times")
  })
})
