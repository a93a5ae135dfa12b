import { describe, expect, it } from "vitest"
import { earlierOf } from "./earlier.ts"
import { runs, summary } from "./metrics.suite.ts"

const span = summary({ total: 12, costUsd: 0.4, byStatus: runs({ resolved: 6, fixed: 2, escalated: 2, flaky: 2 }) })

describe("the span before", () => {
  it("is what a span twice as long holds more", () => {
    const twice = summary({ total: 20, costUsd: 1, byStatus: runs({ resolved: 9, fixed: 2, escalated: 6, flaky: 3 }) })
    const { total, fixRate, costPerFixed } = earlierOf(span, twice) ?? {}
    expect([total, fixRate, costPerFixed?.toFixed(3)]).toEqual([8, 3 / 7, "0.200"])
  })
  it("has no rate and no price where nothing was there to heal", () =>
    expect(earlierOf(span, summary({ ...span, total: 13, byStatus: { ...span.byStatus, flaky: 3 } }))).toEqual({
      total: 1,
      fixRate: null,
      costPerFixed: null,
    }))
  it("is not there without a run in it", () => expect(earlierOf(span, span)).toBeUndefined())
})
