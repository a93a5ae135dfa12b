import type { FileDiff, Hunk } from "./diff.ts"
import { inGitOrder } from "./git-order.ts"
import { type Numbered, partRun } from "./part-run.ts"

/** Lines of context around a change, as git writes them. */
const CONTEXT = 3

/** The smallest part of a diff that can be taken or left on its own: a line and its replacement, a run of lines, or a whole file that comes, goes or moves. */
export interface Piece {
  /** Its place in the diff, from 0. */
  readonly id: number
  readonly path: string
  /** Where it stands in the old file (1-based; 0 for a file that comes), and its size. */
  readonly line: number
  readonly added: number
  readonly removed: number
}

/** The pieces of a diff, in its order. */
export const piecesOf = (files: ReadonlyArray<FileDiff>): ReadonlyArray<Piece> => {
  const pieces: Array<Piece> = []
  for (const file of files) {
    const runs = isWhole(file) ? [file.hunks.flatMap(numbered)] : file.hunks.flatMap((hunk) => runsOf(numbered(hunk)))
    for (const run of runs) {
      const count = (kind: string) => run.filter(({ line }) => line.kind === kind).length
      pieces.push({ id: pieces.length, path: file.newPath, line: run[0]?.old ?? 0, added: count("+"), removed: count("-") })
    }
  }
  return pieces
}

/**
 * The diff that makes only the chosen changes. It applies to the same files as the whole diff, whatever is chosen: what is left out
 * is context (removals) or absent (additions), and context is cut to three lines again. `ids` are those of {@link piecesOf}.
 */
export const selectPieces = (files: ReadonlyArray<FileDiff>, ids: Iterable<number>): ReadonlyArray<FileDiff> => {
  const chosen = new Set(ids)
  let next = 0
  return files.flatMap((file) => {
    if (isWhole(file)) return chosen.has(next++) ? [file] : []
    const lines = file.hunks.flatMap((hunk) =>
      stretches(numbered(hunk)).flatMap((stretch) => {
        if (stretch[0]?.line.kind === " ") return stretch
        return partRun(stretch).flatMap((part) => (chosen.has(next++) ? part : leftOut(part)))
      }),
    )
    const hunks = hunksOf(lines)
    return hunks.length === 0 ? [] : [{ ...file, hunks }]
  })
}

/** A file that comes, goes, moves, changes its mode or is binary is one piece: half of that would be no file. */
const isWhole = (file: FileDiff): boolean =>
  file.change !== "modified" || file.binary || file.oldMode !== file.newMode || file.hunks.length === 0

const numbered = (hunk: Hunk): ReadonlyArray<Numbered> => {
  let old = hunk.oldCount === 0 ? hunk.oldStart + 1 : hunk.oldStart
  return hunk.lines.map((line) => ({ line, old: line.kind === "+" ? old : old++ }))
}

/** What a part becomes when it is not chosen: its removals stay as context, its additions do not come. */
const leftOut = (part: ReadonlyArray<Numbered>): ReadonlyArray<Numbered> =>
  part.flatMap((entry) => (entry.line.kind === "-" ? [{ ...entry, line: { ...entry.line, kind: " " } }] : []))

/** Context and changes in turn. */
const stretches = (lines: ReadonlyArray<Numbered>): ReadonlyArray<ReadonlyArray<Numbered>> => {
  const found: Array<Array<Numbered>> = []
  lines.forEach((entry, at) => {
    if (at === 0 || (lines[at - 1]?.line.kind === " ") !== (entry.line.kind === " ")) found.push([])
    found.at(-1)?.push(entry)
  })
  return found
}

const runsOf = (lines: ReadonlyArray<Numbered>): ReadonlyArray<ReadonlyArray<Numbered>> =>
  stretches(lines)
    .filter((stretch) => stretch[0]?.line.kind !== " ")
    .flatMap(partRun)

/** Hunks with three lines of context; changes with more than six unchanged lines between them, or none known, are apart. */
export const hunksOf = (lines: ReadonlyArray<Numbered>): ReadonlyArray<Hunk> => {
  const changed = lines.flatMap((entry, at) => (entry.line.kind === " " ? [] : [at]))
  const hunks: Array<Hunk> = []
  let shift = 0
  for (let from = 0; from < changed.length; ) {
    let to = from
    while (to + 1 < changed.length && isNear(lines, changed[to] ?? 0, changed[to + 1] ?? 0)) to += 1
    const hunk = hunkOf(lines, changed[from] ?? 0, changed[to] ?? 0, shift)
    hunks.push(hunk)
    shift += hunk.newCount - hunk.oldCount
    from = to + 1
  }
  return hunks
}

/** Whether only known lines, and few of them, stand between two changes. */
const isNear = (lines: ReadonlyArray<Numbered>, one: number, other: number): boolean =>
  other - one - 1 <= 2 * CONTEXT && lines.slice(one + 1, other + 1).every((_, at) => follows(lines, one + 1 + at))

/** Whether a line stands directly after the one before it in the old file, so that both fit in one hunk. */
const follows = (lines: ReadonlyArray<Numbered>, at: number): boolean => {
  const before = lines[at - 1]
  const here = lines[at]
  if (before === undefined || here === undefined) return false
  return here.old === before.old + (before.line.kind === "+" ? 0 : 1)
}

const hunkOf = (lines: ReadonlyArray<Numbered>, first: number, last: number, shift: number): Hunk => {
  let start = first
  while (start > 0 && first - start < CONTEXT && lines[start - 1]?.line.kind === " " && follows(lines, start)) start -= 1
  let end = last
  while (end - last < CONTEXT && lines[end + 1]?.line.kind === " " && follows(lines, end + 1)) end += 1
  const inside = lines.slice(start, end + 1)
  const oldCount = inside.filter(({ line }) => line.kind !== "+").length
  const newCount = inside.filter(({ line }) => line.kind !== "-").length
  const base = inside[0]?.old ?? 1
  return {
    oldStart: oldCount === 0 ? base - 1 : base,
    oldCount,
    newStart: base + shift - (newCount === 0 ? 1 : 0),
    newCount,
    lines: inGitOrder(inside.map(({ line }) => line)),
  }
}
