import { expect, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { describe } from "vitest"
import { sparingly } from "./sparingly.ts"

const counted = (tookMs: number, fails = false) => {
  const seen = { asked: 0 }
  const ask = (key: number) =>
    Effect.sleep(tookMs).pipe(
      Effect.andThen(
        Effect.suspend(() => {
          seen.asked += 1
          return fails ? Effect.fail("away" as const) : Effect.succeed(key * 10)
        }),
      ),
    )
  return { seen, ask }
}

describe("a figure", () => {
  it.effect("is made once for all who ask meanwhile, and kept ten times as long as that took", () =>
    Effect.gen(function* () {
      const { seen, ask } = counted(100)
      const get = yield* sparingly(ask)
      const all = yield* Effect.forkChild(Effect.all([get(1), get(1), get(1)], { concurrency: "unbounded" }))
      yield* TestClock.adjust("100 millis")
      expect(yield* Fiber.join(all)).toEqual([10, 10, 10])
      yield* TestClock.adjust("900 millis")
      expect(yield* get(1)).toBe(10)
      expect(seen.asked).toBe(1)
      yield* TestClock.adjust("200 millis")
      const again = yield* Effect.forkChild(get(1))
      yield* TestClock.adjust("100 millis")
      yield* Fiber.join(again)
      expect(seen.asked).toBe(2)
    }),
  )

  it.effect("that cannot be made is asked for again", () =>
    Effect.gen(function* () {
      const { seen, ask } = counted(0, true)
      const get = yield* sparingly(ask)
      for (let times = 0; times < 2; times += 1) {
        const one = yield* Effect.forkChild(Effect.flip(get(1)))
        yield* TestClock.adjust("1 milli")
        expect(yield* Fiber.join(one)).toBe("away")
      }
      expect(seen.asked).toBe(2)
    }),
  )
})
