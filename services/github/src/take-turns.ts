import { Clock, Effect, Ref } from "effect"

/** Elapsed time (ms). */
const elapsed = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos / 1_000_000n))

/** Makes turns that are so far apart (ms). What passes between them is elapsed time: a clock that is set back makes nobody wait for longer. */
export const takeTurns = (spacingMs: number): Effect.Effect<Effect.Effect<void>> =>
  Effect.map(Ref.make(Number.NEGATIVE_INFINITY), (nextTurn) =>
    Effect.gen(function* () {
      const now = yield* elapsed
      const mine = yield* Ref.modify(nextTurn, (next) => [Math.max(now, next), Math.max(now, next) + spacingMs])
      if (mine > now) yield* Effect.sleep(mine - now)
    }),
  )
