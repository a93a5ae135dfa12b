import { Effect } from "effect"
import type { FileDiff } from "./diff.ts"
import { readHeader } from "./parse-header.ts"
import { readHunks } from "./parse-hunks.ts"
import { PatchUnreadable, type Reader } from "./unreadable.ts"

/** How to read. `recount`: trust the lines of a hunk over the numbers in its header, as `git apply --recount` does; for diffs written by hand or by a model. */
export interface ParseOptions {
  readonly recount?: boolean
}

/**
 * Reads a unified diff strictly: `a/` and `b/` prefixes, headers that agree with each other, counts that are right, hunks in order,
 * nothing around them. Understands new, deleted, renamed and copied files, modes, binary files, quoted paths, missing final line feeds;
 * a diff whose own lines end in CRLF is read as if they ended in LF.
 */
export const parseDiff = Effect.fn("patch.parse")(function* (text: string, options: ParseOptions = {}) {
  const reader: Reader = { lines: linesOfText(text), at: 0 }
  const files: Array<FileDiff> = []
  while (reader.at < reader.lines.length) {
    if (reader.lines[reader.at]?.trim() === "") {
      reader.at += 1
      continue
    }
    const start = reader.at
    const header = yield* readHeader(reader)
    const hunks = header.hasText ? yield* readHunks(reader, options.recount ?? false) : []
    const { hasText: _, ...file } = header
    if (file.change === "modified" && hunks.length === 0 && !file.binary && file.oldMode === file.newMode) {
      return yield* new PatchUnreadable({ line: start + 1, why: `nothing changes in ${file.newPath}` })
    }
    files.push({ ...file, hunks })
  }
  if (files.length === 0) return yield* new PatchUnreadable({ line: 1, why: "there is no file in it" })
  return yield* oncePerPath(files)
})

/** No path may be written twice: what the second one means would depend on who applies it. */
const oncePerPath = (files: ReadonlyArray<FileDiff>) => {
  const seen = new Set<string>()
  for (const file of files) {
    if (seen.has(file.newPath)) return Effect.fail(new PatchUnreadable({ line: 1, why: `${file.newPath} is changed twice` }))
    seen.add(file.newPath)
  }
  return Effect.succeed(files)
}

const linesOfText = (text: string): ReadonlyArray<string> => {
  const lines = text.split("\n")
  if (lines.at(-1) === "") lines.pop()
  const isHeader = (line: string) => /^(?:diff --git |--- |@@ )/.test(line)
  const crlf = lines.filter(isHeader).some((line) => line.endsWith("\r"))
  return crlf ? lines.map((line) => line.replace(/\r$/, "")) : lines
}
