import { Context, type Effect, Schema } from "effect"

/** The embedding service is away or refuses. */
export class EmbeddingFailed extends Schema.TaggedError<EmbeddingFailed>()("EmbeddingFailed", {
  why: Schema.String,
  afterMs: Schema.optionalKey(Schema.Int),
}) {}

/** Texts as unit vectors, near each other when the texts are about the same. Only vectors of one `model` can be compared. */
export class Embeddings extends Context.Service<
  Embeddings,
  { readonly model: string; readonly embed: (text: string) => Effect.Effect<ReadonlyArray<number>, EmbeddingFailed> }
>()("ci-fix-pilot/Embeddings") {}
