/**
 * Finds what was tried before for a failure like this one.
 *
 * Consumes: `memory.recall`. Emits: `recalled`.
 * Safe to repeat because it only reads.
 */
import * as Actor from "@ci-fix-pilot/actor/Actor"
import { Retry } from "@ci-fix-pilot/actor/outcome"
import type { Match } from "@ci-fix-pilot/contract/values"
import { Config, Effect } from "effect"
import { Embeddings } from "./Embeddings.ts"
import { Memories } from "./Memories.ts"

const shared = Config.Boolean("CI_HEALING_MEMORY_SHARED").pipe(Config.withDefault(false))
/** Patches stay below this together, so that the answer stays below the bus's limit. */
const patchBudget = 120_000

export const handle = Effect.fn("memory.recall")(
  function* (command: Actor.CommandOf<"memory.recall">) {
    const embeddings = yield* Embeddings
    const memories = yield* Memories
    const vector = yield* embeddings.embed(command.data.digest.text)
    const matches = yield* memories.recall({ ...command.data, shared: yield* shared }, { model: embeddings.model, vector })
    return { type: "recalled" as const, data: { matches: withinBudget(matches) } }
  },
  Effect.mapError((error) => new Retry({ reason: "why" in error ? error.why : error.message })),
)

/** The best matches keep their patches; one that does not fit any more travels without. */
const withinBudget = (matches: ReadonlyArray<Match>): ReadonlyArray<Match> => {
  let left = patchBudget
  return matches.map((match) => {
    const bytes = match.patch?.diff.length ?? 0
    if (bytes <= left) {
      left -= bytes
      return match
    }
    const { patch: _, ...rest } = match
    return rest
  })
}

export const layer = Actor.make({ name: "memory.recall", handle, concurrency: 8 })
