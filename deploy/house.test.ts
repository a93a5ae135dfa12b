import { dirname } from "node:path"
import { describe, expect, it } from "vitest"
import { readHouse } from "./house/read-house.ts"
import { rules } from "./house/rules.ts"
import { medianLength } from "./house/size.ts"

const house = readHouse(dirname(import.meta.dirname))

describe(`the house (${house.length} files, half of the code files have at most ${medianLength(house)} lines)`, () => {
  it.each(rules)("$title", ({ check }) => {
    expect(check(house)).toEqual([])
  })
})
