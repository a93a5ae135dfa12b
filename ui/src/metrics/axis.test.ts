import { describe, expect, it } from "vitest"
import { makeAxis } from "./axis.ts"
import { filled } from "./days.ts"

describe("days on a chart", () => {
  const month = filled([], 30, "2026-11-23")
  const quarter = filled([], 90, "2026-11-23")

  it("are a bar each where there is room", () => expect(makeAxis(quarter, 1_300)).toMatchObject({ size: 1 }))
  it("are a bar for a week where there is not", () => expect(makeAxis(quarter, 340).bins).toHaveLength(13))
  it("are found again under the pointer, each over its whole width", () => {
    const axis = makeAxis(month, 1_000)
    for (const [index] of axis.bins.entries()) {
      expect(axis.indexAt(axis.middle(index))).toBe(index)
      expect(axis.indexAt(axis.left + index * axis.step + 0.01)).toBe(index)
    }
  })
  it("are not under a pointer beside them", () => {
    const axis = makeAxis(month, 1_000)
    expect([axis.indexAt(axis.left - 1), axis.indexAt(axis.right + 1)]).toEqual([undefined, undefined])
  })
  it("label the last one, and no more than fit", () => {
    const { labels, bins } = makeAxis(month, 340)
    expect(labels.at(-1)).toBe(bins.length - 1)
    expect(labels.length * 56).toBeLessThanOrEqual(340)
  })
})
