import { Effect } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { findGreen } from "./find-green.ts"

const search = (length: number, firstGreen: number) => {
  const seen: Array<number> = []
  const isGreen = (index: number) =>
    Effect.sync(() => {
      seen.push(index)
      return index >= firstGreen
    })
  const found = Effect.runSync(
    findGreen(
      Array.from({ length }, (_, index) => index),
      isGreen,
    ).pipe(Effect.map((index) => index ?? -1)),
  )
  return { found, seen }
}

describe("the newest green ancestor", () => {
  it("is found wherever it is, was seen green, and takes few looks", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.nat({ max: 25 }), (length, firstGreen) => {
        const { found, seen } = search(length, firstGreen)
        expect(found).toBe(firstGreen < length ? firstGreen : -1)
        if (found >= 0) expect(seen).toContain(found)
        expect(seen.length).toBeLessThanOrEqual(9)
      }),
    )
  })

  it("is none without ancestors", () => expect(search(0, 0)).toEqual({ found: -1, seen: [] }))
})
