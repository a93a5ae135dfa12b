import { Clock, Duration, Effect } from "effect"
import { expect, it } from "vitest"
import { takeTurns } from "./take-turns.ts"

/** A clock that somebody sets, and that remembers how long it was waited for. */
const madeUpClock = () => {
  const state = { wallMs: 1_000_000, elapsedMs: 0 }
  const waited: Array<number> = []
  const nanos = (ms: number) => BigInt(ms) * 1_000_000n
  const clock: Clock.Clock = {
    currentTimeMillisUnsafe: () => state.wallMs,
    currentTimeMillis: Effect.sync(() => state.wallMs),
    currentTimeNanosUnsafe: () => nanos(state.wallMs),
    currentTimeNanos: Effect.sync(() => nanos(state.wallMs)),
    monotonicTimeNanosUnsafe: () => nanos(state.elapsedMs),
    monotonicTimeNanos: Effect.sync(() => nanos(state.elapsedMs)),
    sleep: (duration) => Effect.sync(() => void waited.push(Duration.toMillis(duration))),
  }
  return { state, waited, clock }
}

it("lets nobody wait for the first turn, and whoever comes at once for theirs", () => {
  const { state, waited, clock } = madeUpClock()
  const work = Effect.gen(function* () {
    const turn = yield* takeTurns(1_000)
    yield* turn
    yield* turn
    yield* turn
    state.elapsedMs += 10_000
    yield* turn
  })
  Effect.runSync(Effect.provideService(work, Clock.Clock, clock))
  expect(waited).toEqual([1_000, 2_000])
})

it("lets nobody wait for a clock that was set back", () => {
  const { state, waited, clock } = madeUpClock()
  const work = Effect.gen(function* () {
    const turn = yield* takeTurns(1_000)
    yield* turn
    state.wallMs -= 3_600_000
    state.elapsedMs += 400
    yield* turn
  })
  Effect.runSync(Effect.provideService(work, Clock.Clock, clock))
  expect(waited).toEqual([600])
})
