import { describe, expect, it } from "vitest"
import { plants } from "./plants.suite.ts"
import { rules } from "./rules.ts"
import type { House, SourceFile } from "./source-file.ts"

const ruleOf = (title: string) => rules.filter((rule) => rule.title === title)

const houseOf = (planted: SourceFile | House): House => ("path" in planted ? [planted] : planted)

describe("each rule of the house", () => {
  it("has a planted violation", () => {
    expect(Object.keys(plants).sort()).toEqual(rules.map(({ title }) => title).sort())
  })

  it.each(Object.entries(plants))("finds what breaks it: %s", (title, { broken }) => {
    for (const planted of broken) {
      const house = houseOf(planted)
      expect({ house, found: ruleOf(title).flatMap(({ check }) => check(house)).length }).toEqual({ house, found: 1 })
    }
  })

  it.each(Object.entries(plants))("leaves alone what keeps it: %s", (title, { kept }) => {
    for (const planted of kept) expect(ruleOf(title).flatMap(({ check }) => check(houseOf(planted)))).toEqual([])
  })
})
