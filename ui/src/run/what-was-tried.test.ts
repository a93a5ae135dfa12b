import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import { describe, expect, it } from "vitest"
import { fold } from "./fold-ledger.ts"
import * as lives from "./lives.suite.ts"
import { whatWasTried } from "./what-was-tried.ts"

const said = (...facts: ReadonlyArray<RunEvent>) => {
  const entries = lives.ledger(...facts)
  const run = fold(entries)
  return run === undefined ? [] : whatWasTried(run, entries).map(({ which, became }) => `${which}: ${became}`)
}
const closed: RunEvent = { type: "pull-request-closed", data: { number: 7, by: "ci-fix-pilot" } }

describe("what was tried before a run was handed over", () => {
  it("says of a proven fix who stopped it, and not what was tidied up after the end", () =>
    expect(said(...lives.healed, lives.denied, lives.escalated, closed)).toEqual([
      "Attempt 1, undo what broke it: proven, then denied by alice",
    ]))

  it("says who closed the pull request of a proven fix", () =>
    expect(said(...lives.healed, { type: "pull-request-closed", data: { number: 7, by: "bob" } }, lives.escalated)).toEqual([
      "Attempt 1, undo what broke it: proven, then its pull request was closed by bob",
    ]))

  it("says that nobody approved it in time", () =>
    expect(said(...lives.waiting, lives.escalated)).toEqual(["Attempt 1, undo what broke it: proven, but nobody approved it in time"]))

  it("says that it was approved but not delivered in time", () => {
    const approved: RunEvent = { type: "review-given", data: { action: "approve", reviewer: "alice" } }
    const tried = ["Attempt 1, undo what broke it: proven, but it was not delivered in time"]
    expect(said(...lives.waiting, approved, lives.delivering(1), lives.escalated)).toEqual(tried)
    expect(said(...lives.healed.slice(0, -1), lives.escalated)).toEqual(tried)
    expect(said(...lives.waiting, approved, lives.escalated)).toEqual(["Attempt 1, undo what broke it: proven, but not delivered"])
  })

  it("says why an attempt was rejected, and which one was never finished", () =>
    expect(said(lives.failed, lives.attempt(1), lives.proposed(1), lives.rejected(1), lives.attempt(2), lives.escalated)).toEqual([
      "Attempt 1, undo what broke it: rejected: still red",
      "Attempt 2, undo what broke it: not finished",
    ]))

  it("has nothing to say when nothing was tried", () => expect(said(lives.failed, lives.escalated)).toEqual([]))
})
