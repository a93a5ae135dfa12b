import type { Event } from "@ci-fix-pilot/contract/events"
import { ciFailed, runIdOf } from "@ci-fix-pilot/testkit/scripted-answers"
import { describe, expect, it } from "vitest"
import { takeBatch, type Waiting } from "./take-batch.ts"

const traceparent = "00-00000000000000000000000000000000-0000000000000000-00"
const about = (n: number, id: string, event: Event): Waiting => {
  const message = { id, at: "", runId: runIdOf(n), traceparent, ...event }
  return { item: { id, runId: runIdOf(n), traceparent, what: { kind: "message", message, saidOn: undefined } } }
}
/** Something about run n that is decided without looking at other runs; `failure` takes counts. */
const told = (n: number, id = `told-${n}`) => about(n, id, { type: "recalled", data: { matches: [] } })
const failure = (n: number) => about(n, `failure-${n}`, { type: "ci-failed", data: ciFailed(n) })

const take = (waiting: ReadonlyArray<Waiting>, underWay: ReadonlyArray<ReadonlyArray<Waiting>> = [], most = 10) => {
  const ids = (all: ReadonlyArray<Waiting>) => all.map(({ item }) => item.id)
  const { taken, left } = takeBatch(waiting, underWay, most)
  return { taken: ids(taken), left: ids(left) }
}

describe("the next batch", () => {
  it("is all that waits, in its order, while nothing is under way", () => {
    expect(take([failure(1), told(2), failure(3), told(2, "again")])).toEqual({
      taken: ["failure-1", "told-2", "failure-3", "again"],
      left: [],
    })
  })

  it("takes no more than the most, and of no run something that overtakes what is left of it", () => {
    expect(take([told(1), told(2), told(3), told(1, "again")], [], 2)).toEqual({ taken: ["told-1", "told-2"], left: ["told-3", "again"] })
  })

  it("leaves what is about a run that is under way", () => {
    expect(take([told(1), told(2)], [[told(1, "before")]])).toEqual({ taken: ["told-2"], left: ["told-1"] })
  })

  it("leaves what is decided by counts while something else is, and what came after it for the same run", () => {
    expect(take([failure(1), told(1), told(2)], [[failure(3)]])).toEqual({ taken: ["told-2"], left: ["failure-1", "told-1"] })
  })

  it("takes what is decided by counts beside what is not", () => {
    expect(take([failure(1)], [[told(2)]])).toEqual({ taken: ["failure-1"], left: [] })
  })
})
