/** From a diff to the files it makes: read from the commit, patched in memory, byte for byte what git would make of it. */
import { applyDiff, PatchDoesNotApply } from "@ci-fix-pilot/patch/apply"
import type { FileDiff } from "@ci-fix-pilot/patch/diff"
import { Effect } from "effect"
import { type FileChange, type Source, Workspace } from "../workspace/Workspace.ts"
import { findClash } from "./find-clash.ts"

const largestFile = 4 * 1024 * 1024

/** Text files by path; one that is not UTF-8, too large, or no regular file is not in it. */
export const readTexts = Effect.fnUntraced(function* (source: Source, paths: ReadonlyArray<string>) {
  const contents = yield* Workspace.use((workspace) => workspace.read(source, paths, largestFile))
  const texts = new Map<string, string>()
  for (const [path, content] of contents) {
    const text = content.toString("utf8")
    if (Buffer.from(text).equals(content)) texts.set(path, text)
  }
  const result: ReadonlyMap<string, string> = texts
  return result
})

const modes = { "100644": "100644", "100755": "100755" } as const
const modeOf = (file: FileDiff): FileChange["mode"] => Object.entries(modes).find(([mode]) => mode === file.newMode)?.[1]

/** Whether a file of a diff is text that can be patched: no binary, symbolic link or submodule. */
export const isPatchable = (file: FileDiff): boolean =>
  !file.binary && [file.oldMode, file.newMode].every((mode) => mode === undefined || mode in modes)

/** Every path of the commit, whatever is there: a file that cannot be patched, a link, a submodule. */
export const readPaths = (source: Source) =>
  Effect.map(
    Workspace.use((workspace) => workspace.entries(source)),
    (entries): ReadonlySet<string> => new Set(entries.map(({ path }) => path)),
  )

/** Applies the diff to files that were read, of a commit with the paths `there`. Fails with PatchDoesNotApply. */
export const changesFrom = Effect.fnUntraced(function* (
  diff: ReadonlyArray<FileDiff>,
  texts: ReadonlyMap<string, string>,
  there: ReadonlySet<string>,
) {
  const refuse = (file: string, why: string) => new PatchDoesNotApply({ file, hunk: 0, why })
  const odd = diff.find((file) => !isPatchable(file))
  if (odd !== undefined) return yield* refuse(odd.newPath, "it is no text file")
  const creates = ({ change }: FileDiff) => change === "added" || change === "renamed" || change === "copied"
  const taken = diff.find((file) => creates(file) && there.has(file.newPath))
  if (taken !== undefined) return yield* refuse(taken.newPath, "it exists already")
  const changed = yield* applyDiff(diff, texts)
  const mode = new Map(diff.map((file) => [file.newPath, modeOf(file)] as const))
  const changes = [...changed].map(([path, text]): FileChange => {
    const fileMode = mode.get(path)
    return {
      path,
      content: text === undefined ? null : new TextEncoder().encode(text),
      ...(fileMode === undefined ? {} : { mode: fileMode }),
    }
  })
  const clash = findClash(changes, there)
  return clash === undefined ? changes : yield* refuse(clash.path, clash.why)
})

/** Every path that must be read to apply a diff, or to see that a file it adds is not there. */
export const pathsOf = (diff: ReadonlyArray<FileDiff>): ReadonlyArray<string> => [
  ...new Set(diff.flatMap((file) => [file.oldPath, file.newPath])),
]
