import type { DiffLine, FileDiff } from "./diff.ts"
import { hunksOf } from "./hunks.ts"
import type { Numbered } from "./part-run.ts"

/** More different lines than this are not aligned with each other: the file's changed middle is replaced as a whole. */
const MAX_EDITS = 1_000

/** The diff between two contents of one file; `undefined` says that the file does not exist. Nothing if they are the same. */
export const diffContents = (path: string, before: string | undefined, after: string | undefined): FileDiff | undefined => {
  if (before === after) return undefined
  const change = before === undefined ? "added" : after === undefined ? "deleted" : "modified"
  const hunks = hunksOf(align(splitLines(before ?? ""), splitLines(after ?? "")))
  const mode = { oldMode: change === "deleted" ? "100644" : undefined, newMode: change === "added" ? "100644" : undefined }
  return { change, oldPath: path, newPath: path, ...mode, binary: false, hunks }
}

const splitLines = (content: string): ReadonlyArray<string> => content.match(/[^\n]*\n|[^\n]+$/g) ?? []

const entry = (old: number, kind: DiffLine["kind"], text: string): Numbered => {
  const noNewline = !text.endsWith("\n")
  return { old: old + 1, line: { kind, text: noNewline ? text : text.slice(0, -1), noNewline } }
}

const align = (before: ReadonlyArray<string>, after: ReadonlyArray<string>): ReadonlyArray<Numbered> => {
  let head = 0
  while (head < before.length && head < after.length && before[head] === after[head]) head += 1
  let tail = 0
  while (tail < before.length - head && tail < after.length - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1
  const middle = edits(before.slice(head, before.length - tail), after.slice(head, after.length - tail))
  return [
    ...before.slice(0, head).map((text, at) => entry(at, " ", text)),
    ...middle.map((edit) => entry(edit.old + head, edit.kind, edit.text)),
    ...before.slice(before.length - tail).map((text, at) => entry(before.length - tail + at, " ", text)),
  ]
}

interface Edit {
  readonly old: number
  readonly kind: DiffLine["kind"]
  readonly text: string
}

/** Myers, "An O(ND) difference algorithm" (1986): the fewest removals and additions that lead from one to the other. */
const edits = (before: ReadonlyArray<string>, after: ReadonlyArray<string>): ReadonlyArray<Edit> => {
  const trace = explore(before, after)
  if (trace === undefined) {
    const removed = before.map((text, old): Edit => ({ old, kind: "-", text }))
    return [...removed, ...after.map((text): Edit => ({ old: before.length, kind: "+", text }))]
  }
  const path: Array<Edit> = []
  let [x, y] = [before.length, after.length]
  for (const reached of trace.toReversed()) {
    const k = x - y
    const down =
      reached.d !== 0 && (k === -reached.d || (k !== reached.d && reachedAt(reached.ends, k - 1) < reachedAt(reached.ends, k + 1)))
    const startX = reached.d === 0 ? 0 : reachedAt(reached.ends, down ? k + 1 : k - 1)
    const startY = reached.d === 0 ? 0 : startX - (down ? k + 1 : k - 1)
    const afterStep = reached.d === 0 ? 0 : down ? startX : startX + 1
    for (; x > afterStep; x -= 1, y -= 1) path.push({ old: x - 1, kind: " ", text: before[x - 1] ?? "" })
    if (reached.d === 0) break
    path.push(down ? { old: startX, kind: "+", text: after[startY] ?? "" } : { old: startX, kind: "-", text: before[startX] ?? "" })
    x = startX
    y = startY
  }
  return path.toReversed()
}

/** The furthest ends per diagonal before each step, or nothing if the texts differ too much. */
const explore = (before: ReadonlyArray<string>, after: ReadonlyArray<string>) => {
  const trace: Array<{ readonly d: number; readonly ends: ReadonlyMap<number, number> }> = []
  const ends = new Map<number, number>([[1, 0]])
  for (let d = 0; d <= Math.min(MAX_EDITS, before.length + after.length); d += 1) {
    trace.push({ d, ends: new Map(ends) })
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && reachedAt(ends, k - 1) < reachedAt(ends, k + 1))
      let x = down ? reachedAt(ends, k + 1) : reachedAt(ends, k - 1) + 1
      while (x < before.length && x - k < after.length && before[x] === after[x - k]) x += 1
      ends.set(k, x)
      if (x >= before.length && x - k >= after.length) return trace
    }
  }
  return undefined
}

const reachedAt = (ends: ReadonlyMap<number, number>, k: number): number => ends.get(k) ?? -1
