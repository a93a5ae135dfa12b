/**
 * Finds what was tried before for a failure like this one.
 *
 * Consumes: `memory.recall`. Emits: `recalled`.
 * Safe to repeat because it only reads.
 */
import * as Actor from "@ci-fix-pilot/actor/Actor"
import { Retry } from "@ci-fix-pilot/actor/outcome"
import { Effect } from "effect"
import { Embeddings } from "./Embeddings.ts"
import { embedByHash } from "./hash-features.ts"
import { Memories } from "./Memories.ts"
import { tellingText } from "./telling-text.ts"
import { databaseAway } from "./what-to-retry.ts"
import { withinBudget } from "./within-budget.ts"

/** A run waits meanwhile: longer than this and it is better off with what the signature alone finds. */
const longestWaitMs = 10_000

export const handle = Effect.fn("memory.recall")(function* (command: Actor.CommandOf<"memory.recall">) {
  const memories = yield* Memories
  const embedded = yield* embed(tellingText(command.data.digest))
  const matches = yield* Effect.mapError(memories.recall(command.data, embedded), databaseAway)
  return { type: "recalled" as const, data: { matches: withinBudget(matches) } }
})

/** Without the embedding service the hashed words still find this very failure, and what was kept under them. */
const embed = (text: string) =>
  Embeddings.use((embeddings) => embeddings.embed(text)).pipe(
    Effect.catch(({ why, afterMs }) =>
      afterMs !== undefined && afterMs <= longestWaitMs
        ? Effect.fail(new Retry({ reason: why, afterMs, uncounted: true }))
        : Effect.as(Effect.logWarning("recalling without the embedding service", { why }), embedByHash(text)),
    ),
  )

export const layer = Actor.make({ name: "memory.recall", handle, concurrency: 8 })
