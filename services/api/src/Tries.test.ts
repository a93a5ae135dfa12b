import { HttpError } from "@ci-fix-pilot/contract/http"
import { expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { describe } from "vitest"
import { Tries } from "./Tries.ts"

const wrong = new HttpError({ code: "unauthorized", message: "wrong" })
const refuse = (address: string) => Tries.use((tries) => Effect.flip(tries.refuse(address, wrong)))
const many = (count: number, address: (at: number) => string) =>
  Effect.forEach(Array.from({ length: count }), (_, at) => refuse(address(at)))

/** The refusal of one more, and whether it came at once. */
const oneMore = Effect.fnUntraced(function* (address: string) {
  const fiber = yield* Effect.forkChild(refuse(address))
  yield* TestClock.adjust("900 millis")
  const atOnce = fiber.pollUnsafe() !== undefined
  yield* TestClock.adjust("100 millis")
  const { code, retryAfter } = yield* Fiber.join(fiber)
  return { code, atOnce, retryAfter }
})

describe("wrong tokens", () => {
  it.effect("are called wrong ten times a minute, then too many, and late", () =>
    Effect.gen(function* () {
      expect(new Set((yield* many(10, () => "a")).map(({ code }) => code))).toEqual(new Set(["unauthorized"]))
      expect(yield* oneMore("a")).toEqual({ code: "rate-limited", atOnce: false, retryAfter: 60 })
      expect(yield* oneMore("b")).toMatchObject({ code: "unauthorized", atOnce: true })
    }).pipe(Effect.provide(Tries.layer)),
  )

  it.effect("are too many from all addresses after a hundred", () =>
    Effect.gen(function* () {
      yield* many(100, (at) => `10.0.0.${at}`)
      expect(yield* oneMore("fresh")).toMatchObject({ code: "rate-limited", atOnce: false })
    }).pipe(Effect.provide(Tries.layer)),
  )

  it.effect("are listened to again a minute after those that were listened to, however many came since", () =>
    Effect.gen(function* () {
      yield* many(10, () => "a")
      for (let second = 0; second < 59; second += 1) expect((yield* oneMore("a")).code).toBe("rate-limited")
      yield* TestClock.adjust("1 second")
      expect(yield* oneMore("a")).toMatchObject({ code: "unauthorized", atOnce: true })
    }).pipe(Effect.provide(Tries.layer)),
  )
})
