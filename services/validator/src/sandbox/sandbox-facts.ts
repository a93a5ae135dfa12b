import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import type { SandboxFacts } from "@ci-fix-pilot/contract/values"
import { Effect } from "effect"
import type { ViewLayer } from "../workspace/Workspace.ts"
import { Sandbox } from "./Sandbox.ts"

const mostNames = 20

/**
 * Where tries run over `layers`, for proofs: the image with its content id, or a name for this machine's toolchains that tells nobody
 * where they lie; and what could not be installed.
 */
export const sandboxFacts = Effect.fnUntraced(function* (layers: ReadonlyArray<ViewLayer>) {
  const { kind, version, image, details } = yield* (yield* Sandbox).probe
  const toolchains = sha256Hex(JSON.stringify(details)).slice(0, 12)
  const name = image === undefined ? `bubblewrap ${version}, the machine's toolchains (${toolchains})` : `${image.name}@${image.digest}`
  const notInstalled = missingIn(layers).slice(0, mostNames)
  const facts: SandboxFacts = { kind, image: name.slice(0, 300), ...(notInstalled.length === 0 ? {} : { notInstalled }) }
  return facts
})

/** What the manifests ask for and could not be had. */
export const missingIn = (layers: ReadonlyArray<ViewLayer>): ReadonlyArray<string> =>
  layers.flatMap(({ notInstalled = [] }) => notInstalled)
