import { Deferred, Effect, Exit } from "effect"

/**
 * Runs work once per key: who comes while it runs, or after it went well, gets its answer. What failed may be tried again.
 * Remembers the `limit` newest keys. `stopped` is what the others are told when the one who works is interrupted.
 */
export const makeOnce = <A, E>(limit: number, stopped: () => E) => {
  const known = new Map<string, Deferred.Deferred<A, E>>()

  const start = (key: string, work: Effect.Effect<A, E>) => {
    const answer = Deferred.makeUnsafe<A, E>()
    known.set(key, answer)
    for (const oldest of known.keys()) {
      if (known.size <= limit) break
      known.delete(oldest)
    }
    return Effect.onExit(work, (exit) => {
      if (Exit.isFailure(exit) && known.get(key) === answer) known.delete(key)
      return Exit.hasInterrupts(exit) ? Deferred.fail(answer, stopped()) : Deferred.done(answer, exit)
    })
  }

  return (key: string, work: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.suspend(() => {
      const answer = known.get(key)
      return answer === undefined ? start(key, work) : Deferred.await(answer)
    })
}
