import { Effect, Schema } from "effect"
import type { DiffLine, FileDiff, Hunk } from "./diff.ts"

/** The diff does not fit these files. `hunk` counts from 1 within its file; 0 means the file itself. */
export class PatchDoesNotApply extends Schema.TaggedError<PatchDoesNotApply>()("PatchDoesNotApply", {
  file: Schema.String,
  hunk: Schema.Int,
  why: Schema.String,
}) {
  override get message(): string {
    return this.hunk === 0 ? `${this.file}: ${this.why}` : `${this.file}, hunk ${this.hunk}: ${this.why}`
  }
}

/** Contents by path; what is absent does not exist. */
export type Files = ReadonlyMap<string, string>

/**
 * Applies a diff to contents, as `git apply` does: every line of context must be there exactly, but the whole hunk may stand elsewhere
 * in the file (the nearest place wins). Gives the changed files only; `undefined` for a file that goes. All or nothing.
 */
export const applyDiff = Effect.fn("patch.apply")(function* (diff: ReadonlyArray<FileDiff>, files: Files) {
  const changed = new Map<string, string | undefined>()
  for (const file of diff) {
    const refuse = (why: string) => new PatchDoesNotApply({ file: file.newPath, hunk: 0, why })
    if (file.binary) return yield* refuse("it is binary")
    const before = file.change === "added" ? "" : files.get(file.oldPath)
    if (before === undefined) return yield* refuse(`${file.oldPath} does not exist`)
    const creates = file.change === "added" || file.oldPath !== file.newPath
    if (creates && files.has(file.newPath)) return yield* refuse("it exists already")
    const after = yield* applyHunks(file.newPath, before, file.hunks)
    if (file.change === "deleted" && after !== "") return yield* refuse("it is not empty after its removal")
    if (file.change === "deleted" || file.change === "renamed") changed.set(file.oldPath, undefined)
    if (file.change !== "deleted") changed.set(file.newPath, after)
  }
  const result: ReadonlyMap<string, string | undefined> = changed
  return result
})

/** One file's hunks on its content. */
export const applyHunks = Effect.fnUntraced(function* (path: string, content: string, hunks: ReadonlyArray<Hunk>) {
  const lines = splitLines(content)
  const out: Array<string> = []
  let done = 0
  for (const [index, hunk] of hunks.entries()) {
    const old = hunk.lines.filter((line) => line.kind !== "+").map(withEnd)
    const wanted = hunk.oldCount === 0 ? hunk.oldStart : hunk.oldStart - 1
    const at = placeOf(lines, old, wanted, done, anchorsOf(hunk))
    if (at === undefined) return yield* new PatchDoesNotApply({ file: path, hunk: index + 1, why: whyNot(lines, old) })
    out.push(...lines.slice(done, at), ...hunk.lines.filter((line) => line.kind !== "-").map(withEnd))
    done = at + old.length
  }
  const rest = lines.slice(done)
  const loose = [...out, ...rest].findIndex((line, at, all) => at < all.length - 1 && !line.endsWith("\n"))
  if (loose !== -1)
    return yield* new PatchDoesNotApply({ file: path, hunk: hunks.length, why: "a line without line feed would stand inside the file" })
  return [...out, ...rest].join("")
})

/** Lines with their line feeds, so that a missing one at the end is seen. */
const splitLines = (content: string): ReadonlyArray<string> => content.match(/[^\n]*\n|[^\n]+$/g) ?? []

const withEnd = (line: DiffLine): string => (line.noNewline ? line.text : `${line.text}\n`)

/** A hunk that begins at the first line, or has no context after its changes, must stand at that end of the file. */
const anchorsOf = (hunk: Hunk) => ({ start: hunk.oldStart <= 1, end: hunk.lines.at(-1)?.kind !== " " })

const placeOf = (
  lines: ReadonlyArray<string>,
  old: ReadonlyArray<string>,
  wanted: number,
  least: number,
  anchors: { readonly start: boolean; readonly end: boolean },
): number | undefined => {
  const latest = lines.length - old.length
  const fits = (at: number) =>
    at >= least &&
    at <= latest &&
    (!anchors.start || at === 0) &&
    (!anchors.end || at === latest) &&
    old.every((line, offset) => lines[at + offset] === line)
  for (let distance = 0; distance <= lines.length; distance += 1) {
    if (fits(wanted + distance)) return wanted + distance
    if (fits(wanted - distance)) return wanted - distance
  }
  return undefined
}

const whyNot = (lines: ReadonlyArray<string>, old: ReadonlyArray<string>): string => {
  const missing = old.find((line) => !lines.includes(line))
  return missing === undefined
    ? "its lines are there, but not together"
    : `the file has no line ${JSON.stringify(missing.trimEnd().slice(0, 120))}`
}
