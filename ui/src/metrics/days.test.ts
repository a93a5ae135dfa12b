import { describe, expect, it } from "vitest"
import { binName, binned, filled, rollingRate } from "./days.ts"
import { type ByStatus, countOf, ends, judgedOf, sumOf, totalOf } from "./ends.ts"

const runs = (some: Partial<ByStatus>): ByStatus => ({ ...sumOf([]), ...some })
const day = (day: string, some: Partial<ByStatus> = { resolved: 1 }) => ({
  day,
  byStatus: runs(some),
  secondsToFix: { p50: null, p95: null },
})

describe("an axis of days", () => {
  it("has no holes, and reaches back as far as was asked for", () =>
    expect(filled([day("2026-11-20"), day("2026-11-22")], 4, "2026-11-23").map(({ day, byStatus }) => [day, totalOf(byStatus)])).toEqual([
      ["2026-11-20", 1],
      ["2026-11-21", 0],
      ["2026-11-22", 1],
      ["2026-11-23", 0],
    ]))
  it("has as many days as its name says, each of them whole: none before the first", () =>
    expect(filled([day("2026-11-16"), day("2026-11-17")], 7, "2026-11-23").map(({ day, byStatus }) => [day, totalOf(byStatus)])).toEqual([
      ["2026-11-17", 1],
      ...["18", "19", "20", "21", "22", "23"].map((date) => [`2026-11-${date}`, 0]),
    ]))
  it("ends with the server's day where that is ahead", () =>
    expect(filled([day("2026-11-24")], 2, "2026-11-23").map(({ day }) => day)).toEqual(["2026-11-23", "2026-11-24"]))
  it("crosses the end of a month", () =>
    expect(filled([], 3, "2026-03-01").map(({ day }) => day)).toEqual(["2026-02-27", "2026-02-28", "2026-03-01"]))
})

describe("bars of several days", () => {
  const week = filled([day("2026-11-18", { fixed: 2 }), day("2026-11-23", { escalated: 3 })], 8, "2026-11-23")
  it("end with the last day, and none is lost", () =>
    expect(binned(week, 7).map(({ from, to, last, byStatus }) => [from, to, last, totalOf(byStatus)])).toEqual([
      ["2026-11-16", "2026-11-16", 0, 0],
      ["2026-11-17", "2026-11-23", 7, 5],
    ]))
  it("may be one day", () => expect(binned(week, 1)).toHaveLength(8))
  it("are called by what they hold", () =>
    expect([binName({ from: "2026-11-23", to: "2026-11-23" }), binName({ from: "2026-11-17", to: "2026-11-23" })]).toEqual([
      "Mon 23 Nov",
      "17 Nov – 23 Nov",
    ]))
})

describe("the success rate", () => {
  const on = (some: Partial<ByStatus>) => ({ byStatus: runs(some) })
  it("counts what had something to heal and ended", () =>
    expect(judgedOf(runs({ fixed: 1, resolved: 2, escalated: 1, flaky: 9, skipped: 9, aborted: 9, running: 9, queued: 9 }))).toEqual({
      healed: 3,
      judged: 4,
    }))
  it("looks back over a few days, and is not there where nothing was", () =>
    expect(rollingRate([on({ flaky: 1 }), on({ fixed: 1 }), on({ escalated: 1 }), on({}), on({})], 2)).toEqual([null, 1, 0.5, 0, null]))
})

describe("ends", () => {
  it("hold every run once", () =>
    expect(totalOf(runs({ queued: 1, running: 1, fixed: 1, escalated: 1, aborted: 1, resolved: 1, skipped: 1, flaky: 1 }))).toBe(8))
  it("call what has not ended open", () => expect(countOf(runs({ queued: 1, running: 2 }), "open")).toBe(3))
  it("are seven", () => expect(new Set(ends).size).toBe(7))
})
