import { Context, type Effect, Schema } from "effect"
import type { Embedded } from "./Memories.ts"

/** A text could not be embedded. `permanent`: not until somebody changes the configuration; `afterMs`: the service said how long to wait. */
export class EmbeddingFailed extends Schema.TaggedError<EmbeddingFailed>()("EmbeddingFailed", {
  why: Schema.String,
  permanent: Schema.Boolean,
  afterMs: Schema.optionalKey(Schema.Int),
}) {}

/**
 * Texts as unit vectors, near each other when the texts are about the same. Only vectors of one model can be compared.
 * Layers: `Embeddings.hashed` (no service) and `Embeddings.openai` (any compatible endpoint). Both pass `Embeddings.suite`.
 */
export class Embeddings extends Context.Service<
  Embeddings,
  {
    readonly embed: (text: string) => Effect.Effect<Embedded, EmbeddingFailed>
    /** What somebody should know and do about the service behind it. */
    readonly notes: Effect.Effect<ReadonlyArray<string>>
  }
>()("ci-fix-pilot/Embeddings") {}
