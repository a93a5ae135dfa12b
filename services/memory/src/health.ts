/** The memory is ready without an embedding service; it says when it has to do without the configured one. */
import { HealthCheck } from "@ci-fix-pilot/actor/health"
import { Effect, Layer } from "effect"
import * as live from "./Embeddings.live.ts"
import { Embeddings } from "./Embeddings.ts"

const check = Effect.map(Embeddings, ({ notes }) => Effect.map(notes, (said) => ({ ready: true, notes: said })))

export const layer = Layer.effect(HealthCheck, check).pipe(Layer.provide(live.layer))
