import type { Patch } from "@ci-fix-pilot/contract/values"
import { countLines } from "@ci-fix-pilot/patch/diff"
import { parseDiff } from "@ci-fix-pilot/patch/parse"
import { Effect } from "effect"

/** A file that a patch touches; the lines are undefined where the diff cannot be read. */
export interface ChangedFile {
  readonly path: string
  readonly lines: { readonly added: number; readonly removed: number } | undefined
}

/** The files of a patch in its order, each with the lines that come and go. */
export const changedFiles = (patch: Patch): ReadonlyArray<ChangedFile> =>
  Effect.runSync(
    parseDiff(patch.diff).pipe(
      Effect.map((files) => files.map((file): ChangedFile => ({ path: file.newPath, lines: countLines(file) }))),
      Effect.orElseSucceed(() => patch.files.map((path): ChangedFile => ({ path, lines: undefined }))),
    ),
  )
