import { describe, expect, it } from "vitest"
import { brokenRules } from "./broken-rules.ts"
import { drawing } from "./drawing.ts"
import type { Violation } from "./invariants.ts"
import { simulate } from "./simulation.ts"
import type { Rules } from "./step.ts"

const schedules = 20_000

const firstViolation = (rules: Rules | undefined, upTo: number): { seed: number; violation: Violation } | undefined => {
  for (let seed = 0; seed < upTo; seed += 1) {
    const violation = simulate(drawing(seed), rules).violations[0]
    if (violation !== undefined) return { seed, violation }
  }
  return undefined
}

describe("a run", () => {
  it(`keeps every invariant under ${schedules} schedules of losses, repeats, crashes and people`, { timeout: 120_000 }, () => {
    expect(firstViolation(undefined, schedules)).toBeUndefined()
  })

  it("reaches every stop in them", () => {
    const ends = new Set(Array.from({ length: 2_000 }, (_, seed) => simulate(drawing(seed)).run?.phase))
    expect([...ends].sort()).toEqual(["aborted", "escalated", "fixed", "flaky", "resolved", "skipped"])
  })
})

describe.each(Object.entries(brokenRules))("a planner in which %s", (_, rules) => {
  it("is found out", () => {
    expect(firstViolation(rules, 4_000)).toBeDefined()
  })
})
