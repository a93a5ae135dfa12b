import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import type { Patch } from "@ci-fix-pilot/contract/values"
import { Effect, Schema } from "effect"
import { countLines } from "./diff.ts"
import { type ParseOptions, parseDiff } from "./parse.ts"
import { printDiff } from "./print.ts"

/** What a fix may be at most: files, lines added and removed together, bytes of its diff. */
export const LIMITS = { files: 20, lines: 400, bytes: 65_536 } as const

/** The diff is larger than a fix may be. */
export class PatchTooLarge extends Schema.TaggedError<PatchTooLarge>()("PatchTooLarge", {
  what: Schema.Literals(["files", "lines", "bytes"]),
  actual: Schema.Int,
  limit: Schema.Int,
}) {
  override get message(): string {
    return `${this.actual} ${this.what}, at most ${this.limit}`
  }
}

/**
 * A patch from a diff's text: read strictly, measured, named by its hash. The text is kept exactly as given, except with `recount`,
 * where it is written anew with the right counts. Fails with `PatchUnreadable` or {@link PatchTooLarge}.
 */
export const makePatch = Effect.fn("patch.make")(function* (text: string, options: ParseOptions = {}) {
  const given = Buffer.byteLength(text)
  if (given > LIMITS.bytes) return yield* new PatchTooLarge({ what: "bytes", actual: given, limit: LIMITS.bytes })
  const files = yield* parseDiff(text, options)
  const diff = options.recount === true ? printDiff(files) : text
  const counts = files.map(countLines)
  const added = counts.reduce((sum, count) => sum + count.added, 0)
  const removed = counts.reduce((sum, count) => sum + count.removed, 0)
  const measured = { files: files.length, lines: added + removed, bytes: Buffer.byteLength(diff) }
  for (const what of ["files", "lines", "bytes"] as const) {
    if (measured[what] > LIMITS[what]) return yield* new PatchTooLarge({ what, actual: measured[what], limit: LIMITS[what] })
  }
  const patch: Patch = {
    diff,
    sha256: sha256Hex(diff),
    files: [...new Set(files.flatMap((file) => [file.oldPath, file.newPath]))].sort(),
    added,
    removed,
  }
  return patch
})
