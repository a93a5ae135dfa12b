import { Effect } from "effect"
import { applyHunks } from "./apply.ts"
import type { FileDiff } from "./diff.ts"

/** A file's diff with its whole text on both sides, where it is known and the diff fits it. */
export interface ChangedFile {
  readonly diff: FileDiff
  readonly path: string
  /** Nothing for a file that comes, or whose text is not known. */
  readonly before: string | undefined
  /** Nothing for a file that goes, or whose text is not known. */
  readonly after: string | undefined
}

/** Both texts of every changed file; `read` gives what the failing commit has, by path. */
export const changedFiles = (files: ReadonlyArray<FileDiff>, read: (path: string) => string | undefined): ReadonlyArray<ChangedFile> =>
  files.map((diff) => {
    const before = diff.change === "added" ? undefined : read(diff.oldPath)
    const base = diff.change === "added" ? "" : before
    const after = base === undefined || diff.change === "deleted" ? undefined : fitted(diff, base)
    return { diff, path: diff.newPath, before, after }
  })

const fitted = (diff: FileDiff, before: string): string | undefined => {
  const result = Effect.runSync(Effect.result(applyHunks(diff.newPath, before, diff.hunks)))
  return result._tag === "Success" ? result.success : undefined
}
