import { describe, expect, it } from "vitest"
import { countTicks, labelled, linear, logarithmic, lonely, pathThrough, stack, timeMarks } from "./scale.ts"

describe("a linear scale", () => {
  it("places values, also upwards", () => expect([0, 5, 10].map(linear([0, 10], [200, 0]))).toEqual([200, 100, 0]))
  it("does not divide by nothing", () => expect(linear([3, 3], [40, 90])(3)).toBe(40))
})

describe("the marks of an axis that counts", () => {
  it.each([
    [0, [0, 1]],
    [1, [0, 1]],
    [3, [0, 1, 2, 3]],
    [7, [0, 2, 4, 6, 8]],
    [18, [0, 5, 10, 15, 20]],
    [430, [0, 200, 400, 600]],
  ])("up to %d", (max, ticks) => expect(countTicks(max)).toEqual(ticks))
  it("reach the largest value, in few steps, whatever it is", () => {
    for (let max = 1; max < 100_000; max = Math.ceil(max * 1.3)) {
      const ticks = countTicks(max)
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(max)
      expect(ticks.length).toBeLessThanOrEqual(6)
      expect(ticks.every(Number.isInteger)).toBe(true)
    }
  })
})

describe("the marks of an axis of times", () => {
  it.each([
    [[0], [1, 10]],
    [
      [12, 40],
      [10, 60],
    ],
    [[60], [60, 600]],
    [
      [47, 800],
      [10, 60, 600, 3_600],
    ],
    [
      [5, 40 * 86_400],
      [1, 10, 60, 600, 3_600, 21_600, 86_400, 604_800],
    ],
  ])("around %j s", (values, marks) => expect(timeMarks(values)).toEqual(marks))
  it("are as far apart as they are multiples, and hold what lies beyond at the edge", () => {
    const y = logarithmic([1, 100], [200, 0])
    expect([0.1, 1, 10, 100, 900].map(y)).toEqual([200, 200, 100, 0, 0])
  })
})

describe("a stacked bar", () => {
  const y = linear([0, 10], [100, 0])
  it("puts each layer on the ones before", () =>
    expect(
      stack(
        [
          ["good", 4],
          ["none", 0],
          ["bad", 1],
        ],
        y,
      ),
    ).toEqual([
      { key: "good", y: 60, height: 40 },
      { key: "bad", y: 50, height: 10 },
    ]))
  it("is nothing on a day without a run", () => expect(stack([["good", 0]], y)).toEqual([]))
})

describe("a line", () => {
  it("is interrupted where there is no value", () => expect(pathThrough([[0, 1], [1, 2], null, [3, 4]])).toBe("M0.0 1.0L1.0 2.0M3.0 4.0"))
})

describe("values that no line leads to", () => {
  it("have none before and none after", () => expect(lonely([1, null, 2, 3, null, null, 0])).toEqual([0, 6]))
  it("are not there in a line without a gap", () => expect(lonely([1, 2, 3])).toEqual([]))
})

describe("labels", () => {
  it("stand everywhere if there is room", () => expect(labelled(3, 50, 200)).toEqual([0, 1, 2]))
  it("are thinned out evenly, and the last place keeps its own", () => expect(labelled(30, 50, 300)).toEqual([4, 9, 14, 19, 24, 29]))
})
