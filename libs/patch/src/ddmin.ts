import { Effect, Schema } from "effect"

/** What a test of a subset says. `unresolved` (it did not build, it timed out) is not green, and proves nothing. */
export type Verdict = "red" | "green" | "unresolved"

/** Even everything together is not green: the cause lies elsewhere. */
export class NotGreenTogether extends Schema.TaggedError<NotGreenTogether>()("NotGreenTogether", {
  verdict: Schema.Literals(["red", "unresolved"]),
  tests: Schema.Int,
}) {}

/** A subset that is green, how many tests it took, and whether no single member can be left out of it (else the tests ran out). */
export interface Minimum<A> {
  readonly subset: ReadonlyArray<A>
  readonly tests: number
  readonly minimal: boolean
}

/**
 * Delta debugging (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", 2002): a smallest subset for which
 * `test` is still green, found with few tests: about 2 log n for one culprit. Deterministic; no subset is tested twice; at most
 * `maxTests` tests (at least 1), after which the smallest green subset so far is given.
 */
export const ddmin = <A, E, R>(
  items: ReadonlyArray<A>,
  test: (subset: ReadonlyArray<A>) => Effect.Effect<Verdict, E, R>,
  options: { readonly maxTests: number },
): Effect.Effect<Minimum<A>, E | NotGreenTogether, R> =>
  Effect.gen(function* () {
    const known = new Map<string, Verdict>()
    /** Nothing once the tests are used up. */
    const verdictOf = Effect.fnUntraced(function* (indices: ReadonlyArray<number>) {
      const key = indices.join(",")
      const before = known.get(key)
      if (before !== undefined) return before
      if (known.size >= Math.max(1, options.maxTests)) return undefined
      const verdict = yield* test(indices.flatMap((index) => items.slice(index, index + 1)))
      known.set(key, verdict)
      return verdict
    })

    let green: ReadonlyArray<number> = items.map((_, index) => index)
    const together = yield* verdictOf(green)
    if (together !== "green") return yield* new NotGreenTogether({ verdict: together ?? "unresolved", tests: known.size })

    let minimal = green.length <= 1
    let parts = 2
    let exhausted = false
    while (!minimal && !exhausted) {
      const smaller: { found?: ReadonlyArray<number>; parts?: number } = {}
      for (const candidate of candidates(green, parts)) {
        const verdict = yield* verdictOf(candidate.indices)
        exhausted = verdict === undefined
        if (verdict === "green") Object.assign(smaller, { found: candidate.indices, parts: candidate.parts })
        if (exhausted || verdict === "green") break
      }
      if (smaller.found !== undefined) {
        green = smaller.found
        parts = Math.min(smaller.parts ?? 2, green.length)
      } else if (parts >= green.length) minimal = !exhausted
      else parts = Math.min(parts * 2, green.length)
      if (green.length <= 1) minimal = true
    }
    return { subset: green.flatMap((index) => items.slice(index, index + 1)), tests: known.size, minimal }
  })

/** Each part alone, then everything but each part; and into how many parts to cut it if it turns out green. */
const candidates = (indices: ReadonlyArray<number>, parts: number) => {
  const cut = (part: number) => Math.floor((indices.length * part) / parts)
  const ranges = Array.from({ length: parts }, (_, part) => [cut(part), cut(part + 1)] as const)
  const alone = ranges.map(([from, to]) => ({ indices: indices.slice(from, to), parts: 2 }))
  const without = ranges.map(([from, to]) => ({
    indices: [...indices.slice(0, from), ...indices.slice(to)],
    parts: Math.max(parts - 1, 2),
  }))
  return parts === 2 ? alone : [...alone, ...without]
}
