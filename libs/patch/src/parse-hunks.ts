import { Effect } from "effect"
import type { DiffLine, Hunk } from "./diff.ts"
import { type Reader, unreadable } from "./unreadable.ts"

const HEADER = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@/
const NO_NEWLINE = /^\\ /

/** All hunks of a file: in order, not overlapping, as long as their headers say. */
export const readHunks = Effect.fnUntraced(function* (reader: Reader, recount: boolean) {
  const hunks: Array<Hunk> = []
  while ((reader.lines[reader.at] ?? "").startsWith("@@")) {
    const hunk = yield* readHunk(reader, recount)
    const before = hunks.at(-1)
    if (before !== undefined && hunk.oldStart < before.oldStart + before.oldCount)
      return yield* unreadable(reader, "hunks overlap or are out of order")
    hunks.push(hunk)
  }
  if (hunks.length === 0) return yield* unreadable(reader, "expected a hunk")
  return recount ? renumbered(hunks) : hunks
})

const readHunk = Effect.fnUntraced(function* (reader: Reader, recount: boolean) {
  const match = HEADER.exec(reader.lines[reader.at] ?? "")
  if (match === null) return yield* unreadable(reader, "the hunk's header is malformed")
  const [oldStart, oldSaid, newStart, newSaid] = [match[1], match[2] ?? "1", match[3], match[4] ?? "1"].map(Number)
  const lines: Array<DiffLine> = []
  let old = 0
  let next = 0
  reader.at += 1
  const wanted = () => (recount ? isBody(reader) : old < (oldSaid ?? 0) || next < (newSaid ?? 0))
  while (wanted()) {
    const line = bodyLine(reader.lines[reader.at])
    if (line === undefined) return yield* unreadable(reader, "the hunk is shorter than its header says, or a line has no marker")
    reader.at += 1
    const noNewline = NO_NEWLINE.test(reader.lines[reader.at] ?? "")
    if (noNewline) reader.at += 1
    if (line.kind !== "+") old += 1
    if (line.kind !== "-") next += 1
    lines.push({ ...line, noNewline })
  }
  if (!recount && (old !== oldSaid || next !== newSaid)) return yield* unreadable(reader, "the hunk's lines do not add up to its header")
  if (!recount && /^[ +-]/.test(reader.lines[reader.at] ?? "") && !isFileHeader(reader))
    return yield* unreadable(reader, "the hunk is longer than its header says")
  if (!lines.some((line) => line.kind !== " ")) return yield* unreadable(reader, "the hunk changes nothing")
  const hunk: Hunk = { oldStart: oldStart ?? 0, oldCount: old, newStart: newStart ?? 0, newCount: next, lines }
  return hunk
})

/** An empty line stands for an empty line of context: mail and editors strip the trailing space. */
const bodyLine = (text: string | undefined): Pick<DiffLine, "kind" | "text"> | undefined => {
  if (text === undefined) return undefined
  if (text === "") return { kind: " ", text: "" }
  const kind = text[0]
  return kind === " " || kind === "+" || kind === "-" ? { kind, text: text.slice(1) } : undefined
}

const isFileHeader = (reader: Reader): boolean =>
  /^--- (?:"?a\/|\/dev\/null)/.test(reader.lines[reader.at] ?? "") && (reader.lines[reader.at + 1] ?? "").startsWith("+++ ")

const isBody = (reader: Reader): boolean => {
  const line = reader.lines[reader.at]
  if (line === undefined || isFileHeader(reader)) return false
  if (line === "") return reader.lines.slice(reader.at).some((later) => later !== "") && isBody({ lines: reader.lines, at: reader.at + 1 })
  return /^[ +-]/.test(line)
}

/** Counts come from the lines; where the new side starts follows from what the hunks before it did. */
const renumbered = (hunks: ReadonlyArray<Hunk>): ReadonlyArray<Hunk> => {
  let shift = 0
  return hunks.map((hunk) => {
    const base = hunk.oldCount === 0 ? hunk.oldStart + 1 : hunk.oldStart
    const newStart = base + shift - (hunk.newCount === 0 ? 1 : 0)
    shift += hunk.newCount - hunk.oldCount
    return { ...hunk, newStart }
  })
}
