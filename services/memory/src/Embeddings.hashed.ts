import { Effect, Layer } from "effect"
import { Embeddings } from "./Embeddings.ts"
import { embedByHash } from "./hash-features.ts"

/** Embeddings without any service: hashed words and letters. */
export const layer = Layer.succeed(
  Embeddings,
  Embeddings.of({ embed: (text) => Effect.sync(() => embedByHash(text)), notes: Effect.succeed([]) }),
)
