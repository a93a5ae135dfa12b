import { it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { describe, expect } from "vitest"
import { makeOnce } from "./once.ts"

const counted = () => {
  let runs = 0
  const work = Effect.sync(() => {
    runs += 1
    return runs
  })
  return { work, runs: () => runs }
}
const make = (limit = 10) => makeOnce<number, string>(limit, () => "stopped")

describe("once per key", () => {
  it.effect("runs once and gives everybody the same answer", () =>
    Effect.gen(function* () {
      const { work, runs } = counted()
      const once = make()
      const slow = Effect.andThen(Effect.sleep("1 second"), work)
      const both = yield* Effect.forkChild(Effect.all([once("a", slow), once("a", slow)], { concurrency: 2 }), { startImmediately: true })
      yield* TestClock.adjust("1 second")
      expect(yield* Fiber.join(both)).toEqual([1, 1])
      expect([yield* once("a", work), yield* once("b", work), runs()]).toEqual([1, 2, 2])
    }),
  )

  it.effect("tries again what failed", () =>
    Effect.gen(function* () {
      const { work } = counted()
      const once = make()
      expect(yield* Effect.flip(once("a", Effect.fail("no")))).toBe("no")
      expect(yield* once("a", work)).toBe(1)
    }),
  )

  it.effect("tells who waits when the one who works is stopped, and may be tried again", () =>
    Effect.gen(function* () {
      const { work } = counted()
      const once = make()
      const working = yield* Effect.forkChild(once("a", Effect.never), { startImmediately: true })
      const waiting = yield* Effect.forkChild(Effect.flip(once("a", work)), { startImmediately: true })
      yield* Fiber.interrupt(working)
      expect(yield* Fiber.join(waiting)).toBe("stopped")
      expect(yield* once("a", work)).toBe(1)
    }),
  )

  it.effect("forgets the oldest keys", () =>
    Effect.gen(function* () {
      const { work } = counted()
      const once = make(2)
      expect([yield* once("a", work), yield* once("b", work), yield* once("c", work)]).toEqual([1, 2, 3])
      expect([yield* once("c", work), yield* once("a", work)]).toEqual([3, 4])
    }),
  )
})
