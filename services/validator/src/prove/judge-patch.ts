/** What the policy says of a patch, from the texts that it changes and from what the failure says. */
import { redactCounted } from "@ci-fix-pilot/failure/redact"
import type { FileDiff } from "@ci-fix-pilot/patch/diff"
import { Effect } from "effect"

/** It brings a parser for each language with it: loaded with the first patch. */
const policy = Effect.promise(() => import("@ci-fix-pilot/patch/policy"))

/**
 * Gives the findings: what a person must agree to. Fails with PatchRefused when the patch must not even be tried. `failure` is the
 * failing command's digest, once it was seen: code that special-cases it is found by it.
 */
export const judgePatch = Effect.fn("validator.judge-patch")(function* (
  diff: ReadonlyArray<FileDiff>,
  texts: ReadonlyMap<string, string>,
  failure: ReadonlyArray<string>,
) {
  const { judgePatch: judge } = yield* policy
  return yield* judge(diff, { read: (path) => texts.get(path), failure, countSecrets: (text) => redactCounted(text).redactions })
})
