/** The newest ancestor on which a check is green: steps back by doubling distances, then narrows down between the last red and the first green. */
import { Effect } from "effect"

/**
 * `ancestors` are newest first. Assumes that what turned red stayed red, as every bisection does; the answer itself was seen green.
 * Two are looked at at the same time. `undefined` when none that was looked at is green.
 */
export const findGreen = Effect.fn("validator.find-green")(function* <A, E, R>(
  ancestors: ReadonlyArray<A>,
  isGreen: (ancestor: A) => Effect.Effect<boolean, E, R>,
) {
  const at = (index: number) => {
    const ancestor = ancestors[index]
    return ancestor === undefined ? Effect.succeed(false) : isGreen(ancestor)
  }
  const steps = [...new Set([0, 1, 3, 7, 15, ancestors.length - 1])].filter((index) => index >= 0 && index < ancestors.length)
  let [red, green] = [-1, -1]
  for (let step = 0; step < steps.length && green < 0; step += 2) {
    const pair = steps.slice(step, step + 2)
    const seen = yield* Effect.forEach(pair, at, { concurrency: 2 })
    const first = seen.indexOf(true)
    red = pair[first < 0 ? pair.length - 1 : first - 1] ?? red
    green = pair[first] ?? -1
  }
  if (green < 0) return undefined
  while (green - red > 1) {
    const middle = Math.floor((red + green) / 2)
    if (yield* at(middle)) green = middle
    else red = middle
  }
  return ancestors[green]
})
