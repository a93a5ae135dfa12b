import type { SandboxFacts } from "@ci-fix-pilot/contract/values"
import { Effect } from "effect"
import { Sandbox } from "./Sandbox.ts"

/** Where tries run, for proofs: the image with its content id, or a name for this machine's toolchains that tells nobody where they lie. */
export const sandboxFacts = Effect.gen(function* () {
  const { kind, version, image, details } = yield* (yield* Sandbox).probe
  const toolchains = new Bun.CryptoHasher("sha256").update(JSON.stringify(details)).digest("hex").slice(0, 12)
  const name = image === undefined ? `bubblewrap ${version}, the machine's toolchains (${toolchains})` : `${image.name}@${image.digest}`
  const facts: SandboxFacts = { kind, image: name.slice(0, 300) }
  return facts
})
