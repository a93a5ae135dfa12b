import type { DiffLine } from "./diff.ts"

/** A line with its number in the old file; an addition has the number of the line before which it stands. */
export interface Numbered {
  readonly old: number
  readonly line: DiffLine
}

/** Longer runs stay whole: what was rewritten at that length is rarely a line-by-line edit (lines removed times lines added). */
const LARGEST = 2_500
/** Lines of which less is the same are no edit of each other. */
const ALIKE = 0.5

/**
 * Parts a run of changed lines into what can be taken or left on its own: each removed line with the added line that replaces it
 * (most of it is the same, order is kept), and what stands before, between and after such pairs. Removals and additions follow each
 * other as the new file has them, so that any selection of parts is still a change of the same place.
 */
export const partRun = (run: ReadonlyArray<Numbered>): ReadonlyArray<ReadonlyArray<Numbered>> => {
  const removed = run.filter(({ line }) => line.kind === "-")
  const added = run.filter(({ line }) => line.kind === "+")
  // Where the file's end gains or loses its line feed, the lines around it go together.
  if (run.some(({ line }) => line.noNewline)) return [run]
  if (removed.length === 0 || added.length === 0 || removed.length * added.length > LARGEST) return [run]
  const pairs = matched(removed, added)
  if (pairs.length === 0 || (pairs.length === 1 && removed.length === 1 && added.length === 1)) return [run]
  const first = removed[0]?.old ?? 0
  const part = (from: readonly [number, number], to: readonly [number, number]) => [
    ...removed.slice(from[0], to[0]),
    ...added.slice(from[1], to[1]).map((entry) => ({ ...entry, old: first + to[0] })),
  ]
  const parts: Array<ReadonlyArray<Numbered>> = []
  let done: readonly [number, number] = [0, 0]
  for (const [one, other] of pairs) {
    parts.push(part(done, [one, other]), part([one, other], [one + 1, other + 1]))
    done = [one + 1, other + 1]
  }
  parts.push(part(done, [removed.length, added.length]))
  return parts.filter((entries) => entries.length > 0)
}

/** Pairs in order, none crossing another, that are most alike together. */
const matched = (removed: ReadonlyArray<Numbered>, added: ReadonlyArray<Numbered>): ReadonlyArray<readonly [number, number]> => {
  const width = added.length + 1
  const best = new Float64Array((removed.length + 1) * width)
  const at = (one: number, other: number): number => best[one * width + other] ?? 0
  const alike = (one: number, other: number): number => likeness(removed[one]?.line, added[other]?.line)
  for (let one = removed.length - 1; one >= 0; one -= 1) {
    for (let other = added.length - 1; other >= 0; other -= 1) {
      const same = alike(one, other)
      const taken = same < ALIKE ? 0 : same + at(one + 1, other + 1)
      best[one * width + other] = Math.max(taken, at(one + 1, other), at(one, other + 1))
    }
  }
  const pairs: Array<readonly [number, number]> = []
  for (let [one, other] = [0, 0]; one < removed.length && other < added.length; ) {
    const same = alike(one, other)
    if (same >= ALIKE && at(one, other) === same + at(one + 1, other + 1)) pairs.push([one++, other++])
    else if (at(one, other) === at(one + 1, other)) one += 1
    else other += 1
  }
  return pairs
}

/** How much of two lines is the same at their beginning and end, from 0 to 1. Lines of mere brackets are like nothing. */
const likeness = (one: DiffLine | undefined, other: DiffLine | undefined): number => {
  const [a, b] = [one?.text.trim() ?? "", other?.text.trim() ?? ""]
  const shorter = Math.min(a.length, b.length)
  if (shorter < 3) return 0
  let head = 0
  while (head < shorter && a[head] === b[head]) head += 1
  let tail = 0
  while (tail < shorter - head && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1
  return (2 * (head + tail)) / (a.length + b.length)
}
