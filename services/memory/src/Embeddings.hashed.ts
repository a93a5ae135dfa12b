import { Effect, Layer } from "effect"
import { Embeddings } from "./Embeddings.ts"
import { dimensions, hashFeatures } from "./hash-features.ts"

/** Embeddings without any service: hashed words and letters. */
export const layer = Layer.succeed(
  Embeddings,
  Embeddings.of({ model: `hashed-${dimensions}`, embed: (text) => Effect.sync(() => hashFeatures(text)) }),
)
