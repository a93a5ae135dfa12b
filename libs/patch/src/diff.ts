import { inGitOrder } from "./git-order.ts"

/** One line of a hunk. `text` has no line feed but keeps a carriage return; `noNewline`: the file ends here without a line feed. */
export interface DiffLine {
  readonly kind: " " | "+" | "-"
  readonly text: string
  readonly noNewline: boolean
}

/** Lines are counted from 1; a start of 0 goes with a count of 0, as git writes it. */
export interface Hunk {
  readonly oldStart: number
  readonly oldCount: number
  readonly newStart: number
  readonly newCount: number
  readonly lines: ReadonlyArray<DiffLine>
}

/** What happens to one file. `oldPath` and `newPath` are relative to the repository; they differ only for renames and copies. */
export interface FileDiff {
  readonly change: "modified" | "added" | "deleted" | "renamed" | "copied"
  readonly oldPath: string
  readonly newPath: string
  /** Six octal digits, where the diff says them. */
  readonly oldMode: string | undefined
  readonly newMode: string | undefined
  readonly binary: boolean
  readonly hunks: ReadonlyArray<Hunk>
}

/** Lines added and removed in a file. */
export const countLines = (file: FileDiff): { readonly added: number; readonly removed: number } => {
  const lines = file.hunks.flatMap((hunk) => hunk.lines)
  return { added: lines.filter((line) => line.kind === "+").length, removed: lines.filter((line) => line.kind === "-").length }
}

/** The added (or removed) lines of a file, with the line number each has in the new (or old) file. */
export const linesOf = (file: FileDiff, kind: "+" | "-"): ReadonlyArray<{ readonly at: number; readonly text: string }> =>
  file.hunks.flatMap((hunk) => {
    let at = (kind === "+" ? hunk.newStart : hunk.oldStart) - 1
    return hunk.lines.flatMap((line) => {
      if (line.kind === " " || line.kind === kind) at += 1
      return line.kind === kind ? [{ at, text: line.text }] : []
    })
  })

/** The diff that undoes this one: applies to what this one produces and restores what it was applied to. */
export const reverseDiff = (files: ReadonlyArray<FileDiff>): ReadonlyArray<FileDiff> => files.map(reverseFile)

const TURNED = { " ": " ", "+": "-", "-": "+" } as const
const REVERSED = { modified: "modified", added: "deleted", deleted: "added", renamed: "renamed", copied: "deleted" } as const

const reverseFile = (file: FileDiff): FileDiff => ({
  change: REVERSED[file.change],
  oldPath: file.newPath,
  newPath: file.change === "copied" ? file.newPath : file.oldPath,
  oldMode: file.newMode,
  newMode: file.oldMode,
  binary: file.binary,
  hunks: file.hunks.map((hunk) => ({
    oldStart: hunk.newStart,
    oldCount: hunk.newCount,
    newStart: hunk.oldStart,
    newCount: hunk.oldCount,
    lines: inGitOrder(hunk.lines.map((line) => ({ ...line, kind: TURNED[line.kind] }))),
  })),
})
