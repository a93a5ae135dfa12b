import { Lease } from "@ci-fix-pilot/actor/Lease"
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { describe, expect } from "vitest"
import { failOver } from "./fail-over.ts"
import { make, type Scripted } from "./Model.scripted.ts"
import { ModelAway, type ModelRequest, RateLimited, RequestRefused, VendorRefused } from "./Model.ts"

const request: ModelRequest = { system: "", turns: [{ role: "user", text: "?" }], tools: [], maxOutputTokens: 2_000, budgetUsd: 1 }
const away = new ModelAway({ reason: "away" })
const refused = new VendorRefused({ reason: "401" })
const first = { text: "first" }
const second = { text: "second" }

const two = (one: ReadonlyArray<Scripted>, other: ReadonlyArray<Scripted>) => {
  const [a, b] = [make(one), make(other)]
  const asks = failOver([a.model, b.model])
  const ask = asks.ask(request).pipe(
    Effect.map((reply) => reply.text),
    Effect.catch((failure) => Effect.succeed(failure._tag)),
    Effect.provideService(Lease, Lease.of({ confirm: Effect.void })),
  )
  return { asks, ask, askTimes: (times: number) => Effect.all(Array.from({ length: times }, () => ask)) }
}

describe("fail-over", () => {
  it.effect("asks the first as long as it answers", () =>
    Effect.gen(function* () {
      expect(yield* two([first, first], [second]).askTimes(2)).toEqual(["first", "first"])
    }),
  )

  it.effect("asks the second at once when the first refuses its key, and keeps to it for ten minutes", () =>
    Effect.gen(function* () {
      const { ask, askTimes } = two([refused, first], [second, second])
      expect(yield* askTimes(2)).toEqual(["second", "second"])
      yield* TestClock.adjust("10 minutes")
      expect(yield* ask).toBe("first")
    }),
  )

  it.effect("is unavailable only when every key was refused, and asks again all the same", () =>
    Effect.gen(function* () {
      const { asks, ask } = two([refused, first], [refused])
      expect(yield* asks.available).toBe(true)
      expect(yield* ask).toBe("VendorRefused")
      expect(yield* asks.available).toBe(false)
      expect(yield* ask).toBe("first")
      expect(yield* asks.available).toBe(true)
    }),
  )

  it.effect("leaves a vendor alone for a minute after four failures in a row", () =>
    Effect.gen(function* () {
      const { ask, askTimes } = two([away, away, away, away, first], [second])
      expect(yield* askTimes(5)).toEqual(["ModelAway", "ModelAway", "ModelAway", "ModelAway", "second"])
      yield* TestClock.adjust("1 minute")
      expect(yield* ask).toBe("first")
    }),
  )

  it.effect("forgets failures that were not in a row", () =>
    Effect.gen(function* () {
      const { askTimes } = two([away, away, away, first, away, first], [second])
      expect((yield* askTimes(6)).at(-1)).toBe("first")
    }),
  )

  it.effect("does not move a refused request or a rate limit to the other vendor", () =>
    Effect.gen(function* () {
      const limits = [new RequestRefused({ reason: "400" }), new RateLimited({ reason: "429", afterMs: 1 })]
      expect(yield* two(limits, [second]).askTimes(2)).toEqual(["RequestRefused", "RateLimited"])
    }),
  )

  it.effect("is no model at all without vendors", () =>
    Effect.gen(function* () {
      const asks = failOver([])
      expect(yield* asks.available).toBe(false)
      expect(asks.name).toBe("none")
      const failure = yield* Effect.flip(asks.ask(request)).pipe(Effect.provideService(Lease, Lease.of({ confirm: Effect.void })))
      expect(failure._tag).toBe("NoModel")
    }),
  )
})
