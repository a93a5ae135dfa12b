import { Effect, Schema } from "effect"
import { countLines, type FileDiff, linesOf } from "./diff.ts"
import { hiddenCharacters } from "./hidden-text.ts"
import { LIMITS } from "./make-patch.ts"
import { unsafePath } from "./path-rules.ts"
import { printDiff } from "./print.ts"

/** A patch that is never applied, not even in the sandbox, and by no one's approval. */
export class PatchRefused extends Schema.TaggedError<PatchRefused>()("PatchRefused", {
  rule: Schema.Literals(["path", "link", "submodule", "mode", "binary", "too-large", "hidden-text", "lockfile"]),
  file: Schema.String,
  why: Schema.String,
}) {
  override get message(): string {
    return `${this.file}: ${this.why}`
  }
}

/**
 * Refuses what has no honest use in a fix and could harm those who apply or read it: paths that leave the repository or enter `.git`,
 * symbolic links, submodules, special file modes, binary content, invisible or direction-changing characters, and anything larger than
 * a fix may be. Needs nothing but the diff. Everything that could be honest is left to `findingsOf`.
 */
export const refuseUnsafe = Effect.fn("patch.refuse-unsafe")(function* (files: ReadonlyArray<FileDiff>) {
  for (const file of files) {
    const refusal = pathOf(file) ?? modeOf(file) ?? textOf(file)
    if (refusal !== undefined) return yield* refusal
  }
  const counts = files.map(countLines)
  const lines = counts.reduce((sum, { added, removed }) => sum + added + removed, 0)
  const measured = { files: files.length, lines, bytes: Buffer.byteLength(printDiff(files)) }
  for (const what of ["files", "lines", "bytes"] as const) {
    if (measured[what] > LIMITS[what]) {
      return yield* new PatchRefused({
        rule: "too-large",
        file: files[0]?.newPath ?? "",
        why: `${measured[what]} ${what}, at most ${LIMITS[what]}`,
      })
    }
  }
  return yield* distinctPaths(files)
})

const pathOf = (file: FileDiff): PatchRefused | undefined => {
  for (const path of [file.oldPath, file.newPath]) {
    const why = unsafePath(path)
    if (why !== undefined) return new PatchRefused({ rule: "path", file: path, why })
    const hidden = hiddenCharacters(path)
    if (hidden.length > 0) return new PatchRefused({ rule: "hidden-text", file: path, why: `its name holds ${hidden[0]}` })
  }
  if (/(?:^|\/)\.gitmodules$/i.test(file.newPath))
    return new PatchRefused({ rule: "submodule", file: file.newPath, why: "it changes submodules" })
  return undefined
}

const ORDINARY = new Set(["100644", "100755"])

const modeOf = (file: FileDiff): PatchRefused | undefined => {
  const refuse = (rule: typeof PatchRefused.Type.rule, why: string) => new PatchRefused({ rule, file: file.newPath, why })
  const modes = [file.oldMode, file.newMode].filter((mode) => mode !== undefined)
  if (modes.includes("120000")) return refuse("link", "it is a symbolic link")
  if (modes.includes("160000")) return refuse("submodule", "it is a submodule")
  const odd = modes.find((mode) => !ORDINARY.has(mode))
  if (odd !== undefined) return refuse("mode", `its mode is ${odd}`)
  return file.binary ? refuse("binary", "it is binary") : undefined
}

/** Hidden characters may only be added where as many of the same kind went: a line that had them before may be edited. */
const textOf = (file: FileDiff): PatchRefused | undefined => {
  const text = (kind: "+" | "-") => linesOf(file, kind).map((line) => (line.at === 1 ? line.text.replace(/^\uFEFF/, "") : line.text))
  const added = hiddenCharacters(text("+").join("\n").replaceAll("\n", " "))
  const had = [...hiddenCharacters(text("-").join("\n").replaceAll("\n", " "))]
  for (const character of added) {
    const at = had.indexOf(character)
    if (at === -1) return new PatchRefused({ rule: "hidden-text", file: file.newPath, why: `it adds the invisible character ${character}` })
    had.splice(at, 1)
  }
  return undefined
}

/** Two names that differ only in case or Unicode form are one file on some machines. */
const distinctPaths = (files: ReadonlyArray<FileDiff>) => {
  const seen = new Map<string, string>()
  for (const path of new Set(files.flatMap((file) => (file.change === "deleted" ? [] : [file.newPath])))) {
    const folded = path.normalize("NFKC").toLowerCase()
    const other = seen.get(folded)
    if (other !== undefined)
      return Effect.fail(new PatchRefused({ rule: "path", file: path, why: `it is the same file as ${other} on some machines` }))
    seen.set(folded, path)
  }
  return Effect.void
}
