import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import { describe, expect, it } from "vitest"
import { endedAt } from "./ended-at.ts"
import { lifeCycle, secondsOf } from "./life-cycle.ts"
import { asked, attempt, failed, healed, ledger, proposed, rejected, waiting } from "./lives.suite.ts"

const told = (facts: ReadonlyArray<RunEvent>) => lifeCycle(ledger(...facts)).map(({ word, state }) => `${word}: ${state}`)

describe("the states of a run", () => {
  it("are those that it passed and where it ended", () => {
    expect(told([...healed])).toEqual([
      "Queued: passed",
      "Read the log: passed",
      "Find a fix: passed",
      "Prove it: passed",
      "Deliver: passed",
      "Fixed: end",
    ])
  })

  it("show where it is and what is still ahead", () => {
    expect(told([failed])).toContain("Queued: now")
    expect(told([failed]).at(-1)).toBe("Fixed: ahead")
    expect(told([...waiting]).slice(-3)).toEqual(["Approval: now", "Deliver: ahead", "Fixed: ahead"])
  })

  it("tell one attempt from the next, even when both do the same", () => {
    const steps = lifeCycle(ledger(failed, attempt(1), proposed(1), rejected(1), attempt(2), attempt(3)))
    expect(steps.flatMap((step) => step.attempt?.n ?? [])).toEqual([1, 1, 2, 3])
    expect(new Set(steps.map(({ key }) => key)).size).toBe(steps.length)
  })

  it("took as long as the next one let them, and the present one until now", () => {
    const steps = lifeCycle(ledger(failed, attempt(1), proposed(1), asked))
    expect(steps.map((step) => secondsOf(step, Date.UTC(2026, 10, 23, 4, 1)))).toEqual([2, 2, 2, 54, undefined, undefined])
  })

  it("end with the first stop", () => {
    expect(endedAt(ledger(...waiting))).toBeUndefined()
    expect(endedAt(ledger(...healed, { type: "resolved", data: { how: "merged" } }))).toBe("2026-11-23T04:00:12.000Z")
  })
})
