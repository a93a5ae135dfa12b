import { describe, expect, it } from "vitest"
import { atOnce, holdUntil, isHeld, type Pace, takeTurn } from "./pace.ts"

const turns = (count: number, from: Pace, now: number) => {
  let pace = from
  return Array.from({ length: count }, () => {
    const [turn, next] = takeTurn(pace, now)
    pace = next
    return "inMs" in turn ? turn.inMs : `again in ${turn.comeAgainInMs}`
  })
}

describe("the pace of messages", () => {
  it("lets one go each second, and sends away who would wait long, each to another time", () => {
    expect(turns(6, atOnce, 50_000)).toEqual([0, 1_000, 2_000, "again in 3000", "again in 4000", "again in 5000"])
  })

  it("has a turn for everybody who comes when told", () => {
    let pace = atOnce
    const goes: Array<number> = []
    let waiting = Array.from({ length: 100 }, () => 0)
    let returns = 0
    for (let now = 0; waiting.length > 0 && now < 600_000; now += 1_000) {
      const due = waiting.filter((at) => at <= now)
      waiting = waiting.filter((at) => at > now)
      for (const at of due) {
        const [turn, next] = takeTurn(pace, now)
        pace = next
        if ("inMs" in turn) goes.push(now + turn.inMs)
        else waiting.push(now + turn.comeAgainInMs)
        if (at > 0) returns += 1
      }
    }
    expect(goes.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, at) => at * 1_000))
    expect(returns).toBe(97)
  })

  it("goes at once after a pause, and never faster for it", () => {
    const [, used] = takeTurn(atOnce, 0)
    expect(turns(2, used, 60_000)).toEqual([0, 1_000])
  })

  it("holds everybody back as long as it is told, and never shorter", () => {
    const held = holdUntil(holdUntil(atOnce, 30_000), 10_000)
    expect(turns(2, held, 0)).toEqual(["again in 30000", "again in 31000"])
    expect(turns(1, held, 29_000)).toEqual([1_000])
    expect([isHeld(held, 29_999), isHeld(held, 30_000)]).toEqual([true, false])
  })
})
