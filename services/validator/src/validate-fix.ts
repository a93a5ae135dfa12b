/**
 * The gate: nothing leaves without having been red before and green after, here, on this commit.
 * *Consumes* `validator.validate-fix`. *Emits* `fix-validated` (with the proof), `fix-rejected` (the patch is wrong, and why), or
 * `validation-unavailable` (nothing could be said about the patch; never a verdict on it).
 * *Safe to repeat because* it changes nothing but views of its own, and the same patch on the same commit has the same tree.
 */

import * as Actor from "@ci-fix-pilot/actor/Actor"
import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import { parseDiff } from "@ci-fix-pilot/patch/parse"
import { Effect, Layer } from "effect"
import { Dependencies } from "./install/Dependencies.ts"
import { changesFrom, pathsOf, readPaths, readTexts } from "./prove/changes-of-diff.ts"
import { judgePatch } from "./prove/judge-patch.ts"
import { proveFix } from "./prove/prove-fix.ts"
import { tailOf } from "./prove/run-commands.ts"
import { retryLater } from "./retry-later.ts"
import { sandboxFacts } from "./sandbox/sandbox-facts.ts"
import { Tries } from "./Tries.ts"
import { ValidatorConfig } from "./ValidatorConfig.ts"

type Command = Actor.CommandOf<"validator.validate-fix">

const rejected = (why: string, log = "") => ({
  type: "fix-rejected" as const,
  data: { why: why.slice(0, 2_000), ...(log === "" ? {} : { log: tailOf(log, 8_000) }) },
})
const unavailable = (why: string) => ({ type: "validation-unavailable" as const, data: { why: why.slice(0, 2_000) } })

export const handle = Effect.fn("validator.validate-fix")(
  function* (command: Command) {
    const { target, patch, strategy, before, plan } = command.data
    const settings = yield* ValidatorConfig
    const label = yield* (yield* Tries).begin(command.id)
    if (sha256Hex(patch.diff) !== patch.sha256) return rejected("The patch is not the one its hash names.")

    const diff = yield* parseDiff(patch.diff)
    const texts = yield* readTexts(target, pathsOf(diff))
    yield* judgePatch(diff, texts, [])
    const changes = yield* changesFrom(diff, texts, yield* readPaths(target))

    const layers = yield* (yield* Dependencies).prepare({ label, source: target, commands: [...plan, before.command] })
    const here = { source: target, label, limits: settings, layers }
    const verdict = yield* proveFix({
      here,
      plan,
      before,
      changes,
      strategy,
      judge: (failure) => judgePatch(diff, texts, [failure]),
    })
    if ("rejected" in verdict) return rejected(verdict.rejected, verdict.log)
    if ("unavailable" in verdict) return unavailable(verdict.unavailable)

    const { treeSha, findings } = verdict
    const runs = { before: verdict.before.result, after: verdict.after.map(({ result }) => result) }
    const proof = {
      commitSha: target.commitSha,
      patchSha256: patch.sha256,
      treeSha,
      ...runs,
      sandbox: yield* sandboxFacts(layers),
      findings,
    }
    return { type: "fix-validated" as const, data: { proof } }
  },
  (work, command) =>
    work.pipe(
      Effect.catchTags({
        PatchUnreadable: ({ message }) => Effect.succeed(rejected(`The patch cannot be read: ${message}.`)),
        PatchDoesNotApply: ({ message }) => Effect.succeed(rejected(`The patch does not apply: ${message}.`)),
        PatchRefused: ({ message }) => Effect.succeed(rejected(`The policy refuses the patch: ${message}.`)),
        CommitUnusable: ({ message }) => Effect.succeed(unavailable(message)),
        InstallImpossible: ({ message }) => Effect.succeed(unavailable(message)),
        SandboxUnavailable: retryLater(command.id),
        WorkspaceUnavailable: retryLater(command.id),
      }),
      Effect.annotateLogs({ commit: command.data.target.commitSha, patch: command.data.patch.sha256 }),
      Effect.scoped,
    ),
)

export const layer = Layer.unwrap(
  ValidatorConfig.useSync(({ concurrency }) => Actor.make({ name: "validator.validate-fix", handle, concurrency })),
)
