import type { CommandData } from "@ci-fix-pilot/contract/commands"
import type { Finding, Proposal } from "@ci-fix-pilot/contract/values"
import { redactCounted } from "@ci-fix-pilot/failure/redact"
import { diffContents } from "@ci-fix-pilot/patch/compare"
import { makePatch } from "@ci-fix-pilot/patch/make-patch"
import { printDiff } from "@ci-fix-pilot/patch/print"
import { Effect, Schema } from "effect"
import { applyEdits, BadEdit, type Changed } from "./apply-edits.ts"
import type { Verdict } from "./converse.ts"
import { presentable } from "./frame-text.ts"
import { readWhole } from "./read-sources.ts"
import { ProposeFix } from "./tools.ts"

/** It brings a parser for each language with it: loaded with the first fix. */
const policy = Effect.promise(() => import("@ci-fix-pilot/patch/policy"))
const decode = Schema.decodeUnknownEffect(ProposeFix)
/** What stands in the place of a secret. A patch with it in would write it into the file, or not apply. */
const redacted = /\[redacted:[a-z-]+\]/u
/** What no fix of a model's may do, whoever would approve it. */
const forbidden: ReadonlySet<Finding["rule"]> = new Set(["protected-path", "secret", "unsafe-patch", "suspicious-text"])

/**
 * Judges a model's answer: its edits on the real files, as a patch that our code has made and measured and the policy allows. What is
 * wrong with it is said in words that the model can act on. A patch that weakens a test is challenged once; if the model insists, it
 * goes on to the gate, which lets it out only with a person's approval.
 */
export const judgeFix = ({ target, digest, rejections }: CommandData<"ai.propose-fix">) => {
  let challenged = false

  const patchOf = Effect.fnUntraced(function* (changed: ReadonlyArray<Changed>) {
    const files = changed.map(({ path, before, after }) => diffContents(path, before, after)).filter((file) => file !== undefined)
    const diff = printDiff(files)
    if (redacted.test(diff)) return yield* new BadEdit({ message: "the change is too near to a redacted line, which must stay as it is" })
    const { judgePatch } = yield* policy
    const before = new Map(changed.map((file) => [file.path, file.before]))
    const findings = yield* judgePatch(files, {
      read: (path) => before.get(path),
      failure: [digest.text],
      countSecrets: (text) => redactCounted(text).redactions,
    }).pipe(Effect.mapError(refused))
    const fatal = findings.find((finding) => forbidden.has(finding.rule))
    if (fatal !== undefined) return yield* new BadEdit({ message: `the patch is refused: ${fatal.file}: ${fatal.detail}` })
    const weak = findings.find((finding) => finding.rule === "weakened-test")
    if (weak !== undefined && !challenged) {
      challenged = true
      return yield* new BadEdit({
        message: `${weak.file}: ${weak.detail}. Correct the code instead; repeat this only if the test itself is wrong.`,
      })
    }
    return yield* makePatch(diff).pipe(Effect.mapError(refused))
  })

  return Effect.fnUntraced(
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
      const explanation = presentable(fix.explanation).slice(0, 4_000)
      const proposal: Proposal = { strategy: "model", patch, explanation, confidence: fix.confidence }
      return { taken: proposal } satisfies Verdict<Proposal>
    },
    Effect.catchTags({
      BadEdit: ({ message }) => Effect.succeed({ wrong: message.slice(0, 2_000) } satisfies Verdict<Proposal>),
      FileTooLong: ({ path }) => Effect.succeed({ wrong: `${path} is too long to be edited` } satisfies Verdict<Proposal>),
    }),
  )
}

const refused = ({ message }: { readonly message: string }) => new BadEdit({ message: `the patch is refused: ${message}` })
