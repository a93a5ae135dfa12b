import { describe, expect, it } from "vitest"
import { brokenRules } from "./broken-rules.ts"
import { drawing } from "./drawing.ts"
import type { Violation } from "./invariants.ts"
import { simulate } from "./simulation.ts"
import type { Rules } from "./step.ts"

const schedules = 20_000

const firstViolation = (upTo: number): { seed: number; violation: Violation } | undefined => {
  for (let seed = 0; seed < upTo; seed += 1) {
    const violation = simulate(drawing(seed)).violations[0]
    if (violation !== undefined) return { seed, violation }
  }
  return undefined
}

/** What the invariants say of the rules, in as many histories as it takes until they say this. */
const saidOf = (rules: Rules, wanted: string, upTo: number): ReadonlyArray<string> => {
  const said = new Set<string>()
  for (let seed = 0; seed < upTo && ![...said].some((words) => words.includes(wanted)); seed += 1)
    for (const { invariant, why } of simulate(drawing(seed), rules).violations) said.add(`${invariant}: ${why}`)
  return [...said]
}

describe("a run", () => {
  it(`keeps every invariant under ${schedules} schedules of losses, repeats, crashes and people`, { timeout: 120_000 }, () => {
    expect(firstViolation(schedules)).toBeUndefined()
  })

  it("reaches every stop in them", () => {
    const ends = new Set(Array.from({ length: 2_000 }, (_, seed) => simulate(drawing(seed)).run?.phase))
    expect([...ends].sort()).toEqual(["aborted", "escalated", "fixed", "flaky", "resolved", "skipped"])
  })
})

describe.each(Object.entries(brokenRules))("a planner in which %s", (_, { says, rules }) => {
  it(`is found out: ${says}`, () => {
    expect(saidOf(rules, says, 4_000)).toContainEqual(expect.stringContaining(says))
  })
})
