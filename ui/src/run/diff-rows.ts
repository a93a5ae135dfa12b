import { diffWordsWithSpace, parsePatch, type StructuredPatch, type StructuredPatchHunk } from "diff"

/** A part of a line, from and to (exclusive), in characters. */
export type Range = readonly [from: number, to: number]

/** A line of a hunk with its numbers on both sides; `changes`: which words of it are new or gone, where that says more than the line. */
export interface DiffLine {
  readonly kind: " " | "+" | "-"
  readonly old: number | undefined
  readonly new: number | undefined
  readonly text: string
  readonly changes: ReadonlyArray<Range>
  /** The file ends here without a line feed. */
  readonly noNewline: boolean
}

export interface DiffHunk {
  readonly header: string
  readonly lines: ReadonlyArray<DiffLine>
}

export interface FileChange {
  readonly path: string
  /** Where it came from, when it was renamed or copied. */
  readonly from: string | undefined
  readonly change: "modified" | "added" | "deleted" | "renamed" | "copied"
  readonly binary: boolean
  readonly added: number
  readonly removed: number
  readonly hunks: ReadonlyArray<DiffHunk>
}

/** Longer lines are compared as wholes: nobody reads words in them, and comparing would cost. */
const longest = 600
/** Lines that share less than this part of their text are other lines, not changed ones. */
const alike = 0.4

/** Which words of two lines differ; nothing when the lines have little in common. */
export const changedWords = (before: string, after: string): readonly [ReadonlyArray<Range>, ReadonlyArray<Range>] => {
  if (before.length > longest || after.length > longest) return [[], []]
  const old: Array<Range> = []
  const now: Array<Range> = []
  let [atOld, atNew, same] = [0, 0, 0]
  for (const { value, added, removed } of diffWordsWithSpace(before, after)) {
    if (removed) old.push([atOld, atOld + value.length])
    else if (added) now.push([atNew, atNew + value.length])
    else same += value.trim().length
    if (!added) atOld += value.length
    if (!removed) atNew += value.length
  }
  return same < alike * Math.min(before.trim().length, after.trim().length) ? [[], []] : [old, now]
}

type Numbered = Omit<DiffLine, "changes">

const numbered = ({ oldStart, newStart, lines }: StructuredPatchHunk): ReadonlyArray<Numbered> => {
  let [old, now] = [oldStart, newStart]
  const read: Array<Numbered> = []
  for (const line of lines) {
    const [sign, text] = [line[0], line.slice(1)]
    const last = read.at(-1)
    if (sign === "\\" && last !== undefined) read[read.length - 1] = { ...last, noNewline: true }
    else if (sign === "+") read.push({ kind: "+", old: undefined, new: now++, text, noNewline: false })
    else if (sign === "-") read.push({ kind: "-", old: old++, new: undefined, text, noNewline: false })
    else read.push({ kind: " ", old: old++, new: now++, text, noNewline: false })
  }
  return read
}

/** In each block the first removed line is compared with the first added one, and so on. */
const withWords = (lines: ReadonlyArray<Numbered>): ReadonlyArray<DiffLine> => {
  const changes = new Map<Numbered, ReadonlyArray<Range>>()
  for (let at = 0; at < lines.length; at += 1) {
    const [removed, added] = blockAt(lines, at)
    for (const [n, line] of removed.entries()) {
      const other = added[n]
      if (other === undefined) break
      const [old, now] = changedWords(line.text, other.text)
      changes.set(line, old).set(other, now)
    }
    at += Math.max(0, removed.length + added.length - 1)
  }
  return lines.map((line) => ({ ...line, changes: changes.get(line) ?? [] }))
}

const blockAt = <L extends { readonly kind: DiffLine["kind"] }>(lines: ReadonlyArray<L>, at: number) => {
  const while_ = (from: number, kind: DiffLine["kind"]) => {
    let to = from
    while (lines[to]?.kind === kind) to += 1
    return lines.slice(from, to)
  }
  const removed = while_(at, "-")
  return [removed, while_(at + removed.length, "+")] as const
}

const pathOf = (name: string | undefined): string | undefined =>
  name === undefined || name === "/dev/null" ? undefined : name.replace(/^[ab]\//u, "")

const changeOf = (file: StructuredPatch): FileChange["change"] => {
  if (file.isCreate || file.oldFileName === "/dev/null") return "added"
  if (file.isDelete || file.newFileName === "/dev/null") return "deleted"
  return file.isRename ? "renamed" : file.isCopy ? "copied" : "modified"
}

const fileOf = (file: StructuredPatch): FileChange => {
  const [from, to] = [pathOf(file.oldFileName), pathOf(file.newFileName)]
  const hunks = file.hunks.map((hunk) => ({
    header: `@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`,
    lines: withWords(numbered(hunk)),
  }))
  const count = (kind: DiffLine["kind"]) => hunks.reduce((sum, { lines }) => sum + lines.filter((line) => line.kind === kind).length, 0)
  return {
    path: to ?? from ?? "a file",
    from: from !== to && to !== undefined ? from : undefined,
    change: changeOf(file),
    binary: file.isBinary === true,
    added: count("+"),
    removed: count("-"),
    hunks,
  }
}

/** The files of a unified diff, ready to be shown; undefined when it cannot be read as one. */
export const readDiff = (diff: string): ReadonlyArray<FileChange> | undefined => {
  try {
    const files = parsePatch(diff).filter(
      ({ hunks, isBinary, isRename, isCopy, isCreate, isDelete, oldMode }) =>
        hunks.length > 0 || isBinary || isRename || isCopy || isCreate || isDelete || oldMode !== undefined,
    )
    return files.length === 0 ? undefined : files.map(fileOf)
  } catch {
    return undefined
  }
}

export type Pair = readonly [left: DiffLine | undefined, right: DiffLine | undefined]

/** The lines of a hunk side by side: what went beside what came. */
export const pairsOf = (lines: ReadonlyArray<DiffLine>): ReadonlyArray<Pair> => {
  const pairs: Array<Pair> = []
  for (let at = 0; at < lines.length; ) {
    const [removed, added] = blockAt(lines, at)
    const rows = Math.max(removed.length, added.length)
    for (let n = 0; n < rows; n += 1) pairs.push([removed[n], added[n]])
    if (rows === 0) pairs.push([lines[at], lines[at]])
    at += Math.max(1, removed.length + added.length)
  }
  return pairs
}
