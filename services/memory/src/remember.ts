/**
 * Keeps how an attempt ended, so that the next run can use its fix or avoid it.
 *
 * Consumes: `memory.remember`. Emits: `remembered`.
 * Safe to repeat because a memory's id is made of its run and attempt, and a final outcome is never turned back.
 */
import * as Actor from "@ci-fix-pilot/actor/Actor"
import { Retry } from "@ci-fix-pilot/actor/outcome"
import { Effect } from "effect"
import { type EmbeddingFailed, Embeddings } from "./Embeddings.ts"
import { embedByHash } from "./hash-features.ts"
import { Memories } from "./Memories.ts"
import { memoryIdOf } from "./memory-id.ts"
import { tellingText } from "./telling-text.ts"
import { databaseAway } from "./what-to-retry.ts"

/** Nobody waits for a memory: an embedding service that is down gets some minutes to come back. */
const awayMs = 120_000

export const handle = Effect.fn("memory.remember")(function* (command: Actor.CommandOf<"memory.remember">) {
  const memories = yield* Memories
  const memoryId = memoryIdOf(command.runId, command.data.attempt)
  const embedded = yield* embed(tellingText(command.data.digest))
  const memory = { ...command.data, memoryId, runId: command.runId }
  yield* Effect.mapError(memories.remember(memory, embedded), databaseAway)
  return { type: "remembered" as const, data: { memoryId } }
})

/** A service that refuses for good costs nearness, not the memory: by its signature it is still found. */
const embed = (text: string) =>
  Embeddings.use((embeddings) => embeddings.embed(text)).pipe(
    Effect.catch((error) =>
      error.permanent
        ? Effect.as(Effect.logWarning("remembering without the embedding service", { why: error.why }), embedByHash(text))
        : Effect.fail(retryOf(error)),
    ),
  )

const retryOf = ({ why, afterMs }: EmbeddingFailed) =>
  afterMs === undefined ? new Retry({ reason: why, afterMs: awayMs }) : new Retry({ reason: why, afterMs, uncounted: true })

export const layer = Actor.make({ name: "memory.remember", handle, concurrency: 8 })
