import type { Match } from "@ci-fix-pilot/contract/values"
import { describe, expect, it } from "vitest"
import { defaultPolicy } from "./policy.ts"
import { runOf } from "./sentences.suite.ts"
import * as at from "./stories.suite.ts"
import { nextStrategy, replayable } from "./strategy.ts"

const { attemptStarted, diagnosed, diagnosing, fixProposed, fixRejected, matchOf, recalled } = at
const next = (ledger: Parameters<typeof runOf>[0], policy: Partial<typeof defaultPolicy> = {}) =>
  nextStrategy(runOf(ledger), { ...defaultPolicy, ...policy })
const remembering = (...matches: ReadonlyArray<Match>) => [...diagnosing, diagnosed(true), recalled(...matches)]

describe("the next way to a fix", () => {
  it("is a replay, then the model, then the revert: the cheapest proof first", () => {
    const first = remembering(matchOf(7))
    const second = [...first, attemptStarted(1, "replay"), fixProposed(1, 7, "replay"), fixRejected(1)]
    const third = [...second, attemptStarted(2, "model"), fixProposed(2, 2, "model"), fixRejected(2)]
    expect([first, second, third].map((ledger) => next(ledger))).toEqual(["replay", "model", "revert"])
  })

  it("is none when the attempts are used up", () => {
    expect(next([...at.validating, fixRejected(1)], { maxAttempts: 1 })).toBeUndefined()
  })

  it("is none before the failure was reproduced", () => {
    expect(next(at.reproducing)).toBeUndefined()
  })

  it("is the model again after the revert, while there are attempts left", () => {
    expect(next([...at.withModel, recalled(), attemptStarted(1, "revert"), fixProposed(1), fixRejected(1)])).toBe("model")
    expect(
      next([...at.withModel, recalled(), attemptStarted(1, "model"), fixRejected(1), attemptStarted(2, "revert"), fixRejected(2)]),
    ).toBe("model")
  })

  it("is the revert when only one attempt is left, even if something is remembered", () => {
    expect(next(remembering(matchOf(7)), { maxAttempts: 1 })).toBe("revert")
    expect(next(remembering(), { maxAttempts: 1 })).toBe("revert")
  })

  it("is the replay in the last attempt when the revert has failed", () => {
    const ledger = [...remembering(matchOf(7)), attemptStarted(1, "revert"), fixProposed(1), fixRejected(1)]
    expect(next(ledger, { maxAttempts: 2 })).toBe("replay")
  })

  it("never reverts twice", () => {
    expect(next([...at.validating, fixRejected(1)])).toBeUndefined()
  })

  it("asks the model as long as one more call fits the budget to the cent", () => {
    expect(next([...diagnosing, diagnosed(true, 1.5), recalled()])).toBe("model")
    expect(next([...diagnosing, diagnosed(true, 1.51), recalled()])).toBe("revert")
  })
})

describe("a remembered fix is worth a replay", () => {
  const chosen = (...matches: ReadonlyArray<Match>) => replayable(runOf(remembering(...matches)))?.memoryId

  it("when a person merged it for this very failure", () => {
    expect(chosen(matchOf(1, { outcome: "rejected" }), matchOf(2))).toBe("m2")
  })

  it.each([
    ["was rejected", { outcome: "rejected" }],
    ["was proven but never merged", { outcome: "validated" }],
    ["is of another failure", { signature: "00000000000000bb" }],
  ] as const)("not when it %s", (_, changes) => {
    expect(chosen(matchOf(1, changes))).toBeUndefined()
  })

  it("not when the same patch was rejected here for it since, which comes up again with each commit else", () => {
    const { patch } = matchOf(2)
    expect(chosen(matchOf(2), matchOf(3, { outcome: "rejected", ...(patch && { patch }) }), matchOf(4))).toBe("m4")
    expect(chosen(matchOf(2), matchOf(3, { outcome: "rejected", signature: "00000000000000bb", ...(patch && { patch }) }))).toBe("m2")
  })

  it("not when its patch is no longer kept", () => {
    const { patch: _, ...bare } = matchOf(1)
    expect(chosen(bare)).toBeUndefined()
  })

  it("not when this run has tried that patch, under whatever name", () => {
    const ledger = [...remembering(matchOf(7)), attemptStarted(1, "model"), fixProposed(1, 7, "model"), fixRejected(1)]
    expect(replayable(runOf(ledger))).toBeUndefined()
  })
})
