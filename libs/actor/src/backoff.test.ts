import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { backoffMs } from "./backoff.ts"

const waits = (id: string) => Effect.runSync(Effect.all(Array.from({ length: 50 }, () => backoffMs(id))))

describe("the wait before a command is tried again", () => {
  it.each([
    ["c#1", 1_000, 1_500],
    ["c#2", 2_000, 3_000],
    ["c#4", 8_000, 12_000],
    ["c#5", 16_000, 24_000],
    ["c#6", 16_000, 24_000],
    ["c#9999", 16_000, 24_000],
    ["c", 1_000, 1_500],
    ["c#x", 1_000, 1_500],
  ])("of %s is between %d and %d ms", (id, least, most) => {
    for (const wait of waits(id)) {
      expect(wait).toBeGreaterThanOrEqual(least)
      expect(wait).toBeLessThanOrEqual(most)
      expect(Number.isInteger(wait)).toBe(true)
    }
  })

  it("is not the same for all, so that they do not come back at once", () => {
    expect(new Set(waits("c#3")).size).toBeGreaterThan(10)
  })
})
