/** What the policy says of a patch, from the texts it changes. */
import type { Finding } from "@ci-fix-pilot/contract/values"
import type { FileDiff } from "@ci-fix-pilot/patch/diff"
import { Effect } from "effect"
import { isPatchable, pathsOf } from "./changes-of-diff.ts"
import { isPlainPath } from "./plain-path.ts"
import type { Source } from "./Workspace.ts"

export interface Judged {
  /** Why it must not even be tried. */
  readonly refused: string | undefined
  readonly findings: ReadonlyArray<Finding>
}

export const judgePatch = Effect.fn("validator.judge-patch")(function* (_source: Source, diff: ReadonlyArray<FileDiff>) {
  const odd = pathsOf(diff).find((path) => !isPlainPath(path)) ?? diff.find((file) => !isPatchable(file))?.newPath
  const judged: Judged = yield* Effect.succeed({
    refused: odd === undefined ? undefined : `${odd}: it is no text file of the repository.`,
    findings: [],
  })
  return judged
})
