import { Effect } from "effect"
import { takeBatch, type Waiting } from "./take-batch.ts"

/**
 * Batches of what was added, worked off in a few lanes: while one waits for the database, the next is decided. `add` takes what is added
 * and ends when there is room for more. `run` goes on for ever, and fails with whatever the work fails with.
 */
export const sideBySide = <W extends Waiting, E, R>(
  { lanes, mostAtOnce, mostWaiting }: { readonly lanes: number; readonly mostAtOnce: number; readonly mostWaiting: number },
  work: (batch: ReadonlyArray<W>) => Effect.Effect<void, E, R>,
) => {
  let waiting: ReadonlyArray<W> = []
  const underWay = new Set<ReadonlyArray<W>>()
  const lookers = new Set<() => void>()
  const wake = () => {
    for (const look of [...lookers]) look()
  }
  /** Waits until there is something: looks now, and whenever anything has changed. */
  const until = <A>(find: () => A | undefined) =>
    Effect.callback<A>((resume) => {
      const look = () => {
        lookers.delete(look)
        const found = find()
        if (found === undefined) lookers.add(look)
        else resume(Effect.succeed(found))
      }
      look()
      return Effect.sync(() => lookers.delete(look))
    })
  const take = () => {
    if (waiting.length === 0) return undefined
    const { taken, left } = takeBatch(waiting, underWay, mostAtOnce)
    if (taken.length === 0) return undefined
    waiting = left
    underWay.add(taken)
    // There is room now.
    wake()
    return taken
  }
  const release = (batch: ReadonlyArray<W>) =>
    Effect.sync(() => {
      underWay.delete(batch)
      wake()
    })
  const lane = Effect.forever(Effect.flatMap(until(take), (batch) => Effect.ensuring(work(batch), release(batch))))
  return {
    add: (more: ReadonlyArray<W>) =>
      Effect.suspend(() => {
        waiting = [...waiting, ...more]
        wake()
        return Effect.asVoid(until(() => (waiting.length < mostWaiting ? true : undefined)))
      }),
    run: Effect.all(
      Array.from({ length: lanes }, () => lane),
      { concurrency: "unbounded", discard: true },
    ),
  }
}
