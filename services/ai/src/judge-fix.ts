import type { Patch, Proposal, Rejection, Target } from "@ci-fix-pilot/contract/values"
import { diffContents } from "@ci-fix-pilot/patch/compare"
import { makePatch } from "@ci-fix-pilot/patch/make-patch"
import { printDiff } from "@ci-fix-pilot/patch/print"
import { Effect, Schema } from "effect"
import { applyEdits, BadEdit, type Changed } from "./apply-edits.ts"
import type { Verdict } from "./converse.ts"
import { presentable } from "./frame-text.ts"
import { readWhole } from "./read-sources.ts"
import { ProposeFix } from "./tools.ts"

const decode = Schema.decodeUnknownEffect(ProposeFix)
/** What stands in the place of a secret. A patch with it in would write it into the file, or not apply. */
const redacted = /\[redacted:[a-z-]+\]/u

/**
 * The proposal that a model's answer makes: its edits on the real files, as a patch that our code has made and measured. What is
 * wrong with it is said in words that the model can act on.
 */
export const judgeFix = (target: Target, rejections: ReadonlyArray<Rejection>) =>
  Effect.fnUntraced(
    function* (input: unknown) {
      const fix = yield* decode(input).pipe(
        Effect.mapError((error) => new BadEdit({ message: `the input does not fit the schema: ${error.message}` })),
      )
      const paths = [...new Set([...fix.edits, ...(fix.newFiles ?? [])].map(({ path }) => path))]
      const texts = yield* Effect.forEach(paths, (path) => readWhole(target, path), { concurrency: 4 })
      const changed = yield* applyEdits(fix.edits, fix.newFiles ?? [], new Map(paths.map((path, index) => [path, texts[index]])))
      const patch = yield* patchOf(changed)
      if (rejections.some((rejection) => rejection.patchSha256 === patch.sha256))
        return yield* new BadEdit({ message: "exactly this patch was tried before and rejected" })
      const proposal: Proposal = {
        strategy: "model",
        patch,
        explanation: presentable(fix.explanation).slice(0, 4_000),
        confidence: fix.confidence,
      }
      return { taken: proposal } satisfies Verdict<Proposal>
    },
    Effect.catchTags({
      BadEdit: ({ message }) => Effect.succeed({ wrong: message.slice(0, 2_000) } satisfies Verdict<Proposal>),
      FileTooLong: ({ path }) => Effect.succeed({ wrong: `${path} is too long to be edited` } satisfies Verdict<Proposal>),
    }),
  )

const patchOf = Effect.fnUntraced(function* (changed: ReadonlyArray<Changed>) {
  const files = changed.map(({ path, before, after }) => diffContents(path, before, after)).filter((file) => file !== undefined)
  const diff = printDiff(files)
  if (redacted.test(diff)) return yield* new BadEdit({ message: "the change is too near to a redacted line, which must stay as it is" })
  const patch: Patch = yield* makePatch(diff).pipe(
    Effect.mapError((error) => new BadEdit({ message: `the patch is refused: ${error.message}` })),
  )
  return patch
})
