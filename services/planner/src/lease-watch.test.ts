import { describe, expect, it } from "vitest"
import { lookAgain, type Watch } from "./lease-watch.ts"

const sinceAfter = (looks: ReadonlyArray<number>) => looks.reduce<Watch | undefined>(lookAgain, undefined)?.since

describe("since when leases could be renewed", () => {
  it("is the first look of a planner that has just started", () => {
    expect(sinceAfter([1_000])).toBe(1_000)
  })

  it("stays while it looks each second, or almost", () => {
    expect(sinceAfter([1_000, 1_001, 1_002.5, 1_005])).toBe(1_000)
  })

  it("begins anew when the planner or its database stood still in between", () => {
    expect(sinceAfter([1_000, 1_001, 1_005, 1_006])).toBe(1_005)
  })
})
