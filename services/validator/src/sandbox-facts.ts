import type { SandboxFacts } from "@ci-fix-pilot/contract/values"
import { Effect } from "effect"
import { Sandbox } from "./Sandbox.ts"

/** Where tries run, for proofs: the image with its content id, or the toolchains of this machine. */
export const sandboxFacts = Effect.gen(function* () {
  const { kind, version, image, details } = yield* (yield* Sandbox).probe
  const tools = details["tools"] === undefined ? "" : `, ${details["tools"]}`
  const facts: SandboxFacts = {
    kind,
    image: (image === undefined ? `bubblewrap ${version}${tools}` : `${image.name}@${image.digest}`).slice(0, 300),
  }
  return facts
})
