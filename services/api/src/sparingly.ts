import { Cache, Duration, Effect, Exit } from "effect"

/** How many times as long as it took to make a figure it is kept: making them never takes more than a tenth of the time. */
const factor = 10
const longest = Duration.seconds(30)

/** Asks once for everybody who wants the same at the same time, and again only after a while that goes by what it cost; failures are not kept. */
export const sparingly = <A, E>(ask: (key: number) => Effect.Effect<A, E>): Effect.Effect<(key: number) => Effect.Effect<A, E>> =>
  Cache.makeWith((key: number) => Effect.timed(ask(key)), {
    capacity: 16,
    timeToLive: (exit) => (Exit.isSuccess(exit) ? Duration.min(Duration.times(exit.value[0], factor), longest) : Duration.zero),
  }).pipe(Effect.map((cache) => (key) => Effect.map(Cache.get(cache, key), ([, value]) => value)))
