import { describe, expect, it } from "vitest"
import { makeRateLimit } from "./rate-limit.ts"

const limitAt = (perMinute: number) => {
  const time = { ms: 0 }
  return { time, limit: makeRateLimit(perMinute, () => time.ms) }
}
const takeTimes = (take: () => number, times: number) => Array.from({ length: times }, take)

describe("the rate limit", () => {
  it("lets a minute's worth through at once, then says when to come again", () => {
    const { limit } = limitAt(60)
    expect(takeTimes(() => limit.take("a"), 60)).toEqual(Array(60).fill(0))
    expect(limit.take("a")).toBe(1)
  })

  it("fills again evenly, and refused tries cost nothing", () => {
    const { time, limit } = limitAt(6)
    takeTimes(() => limit.take("a"), 6)
    expect(takeTimes(() => limit.take("a"), 3)).toEqual([10, 10, 10])
    time.ms = 9_999
    expect(limit.take("a")).toBe(1)
    time.ms = 10_000
    expect([limit.take("a"), limit.take("a")]).toEqual([0, 10])
  })

  it("never saves up more than a minute's worth", () => {
    const { time, limit } = limitAt(2)
    limit.take("a")
    time.ms = 3_600_000
    expect(takeTimes(() => limit.take("a"), 3)).toEqual([0, 0, 30])
  })

  it("keeps keys apart", () => {
    const { limit } = limitAt(1)
    expect([limit.take("a"), limit.take("a"), limit.take("b")]).toEqual([0, 60, 0])
  })

  it("forgets whoever rested longest when there are very many keys, and nobody else", () => {
    const { limit } = limitAt(1)
    limit.take("first")
    for (let n = 0; n < 9_999; n += 1) limit.take(`key ${n}`)
    expect(limit.take("first")).toBe(60)
    limit.take("one more")
    expect(limit.take("key 0")).toBe(0)
    expect(limit.take("first")).toBe(60)
  })
})
