import type { FileDiff, Hunk } from "./diff.ts"
import { quotePath } from "./quoted-path.ts"

/** Writes a diff as git does, without `index` lines. Binary content is not kept: such a file prints as a note that applies nowhere. */
export const printDiff = (files: ReadonlyArray<FileDiff>): string => files.map(printFile).join("")

const printFile = (file: FileDiff): string => {
  const old = file.change === "added" ? "/dev/null" : quotePath(`a/${file.oldPath}`)
  const next = file.change === "deleted" ? "/dev/null" : quotePath(`b/${file.newPath}`)
  const names = file.hunks.length === 0 ? [] : [`--- ${tabbed(old)}`, `+++ ${tabbed(next)}`]
  const head = [`diff --git ${quotePath(`a/${file.oldPath}`)} ${quotePath(`b/${file.newPath}`)}`, ...extended(file), ...names]
  return [...head.map((line) => `${line}\n`), ...file.hunks.map(printHunk)].join("")
}

const extended = (file: FileDiff): ReadonlyArray<string> => {
  const modes = file.oldMode !== undefined && file.newMode !== undefined && file.oldMode !== file.newMode
  return [
    ...(modes && file.change !== "added" && file.change !== "deleted" ? [`old mode ${file.oldMode}`, `new mode ${file.newMode}`] : []),
    ...(file.change === "added" ? [`new file mode ${file.newMode ?? "100644"}`] : []),
    ...(file.change === "deleted" ? [`deleted file mode ${file.oldMode ?? "100644"}`] : []),
    ...(file.change === "renamed" ? [`rename from ${quotePath(file.oldPath)}`, `rename to ${quotePath(file.newPath)}`] : []),
    ...(file.change === "copied" ? [`copy from ${quotePath(file.oldPath)}`, `copy to ${quotePath(file.newPath)}`] : []),
    ...(file.binary ? [`Binary files ${quotePath(`a/${file.oldPath}`)} and ${quotePath(`b/${file.newPath}`)} differ`] : []),
  ]
}

/** A name with spaces is closed by a tab, as git does, so that what follows is not taken for a part of it. */
const tabbed = (name: string): string => (name.includes(" ") && !name.startsWith('"') ? `${name}\t` : name)

const range = (start: number, count: number): string => (count === 1 ? `${start}` : `${start},${count}`)

const printHunk = (hunk: Hunk): string => {
  const body = hunk.lines.map((line) => `${line.kind}${line.text}\n${line.noNewline ? "\\ No newline at end of file\n" : ""}`)
  return `@@ -${range(hunk.oldStart, hunk.oldCount)} +${range(hunk.newStart, hunk.newCount)} @@\n${body.join("")}`
}
