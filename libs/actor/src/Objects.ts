import type { ObjectRef } from "@ci-fix-pilot/contract/values"
import { Context, type Effect, Schema } from "effect"

/** The object is not there (expired, wiped, or never stored) or does not match its digest. */
export class ObjectGone extends Schema.TaggedError<ObjectGone>()("ObjectGone", { key: Schema.String, why: Schema.String }) {}

/** Large texts, for convenience only: who stores one keeps a digest, too, that is good enough without it. */
export class Objects extends Context.Service<
  Objects,
  {
    /** Stores bytes under a key; `undefined` when the store would not take it, which is never an error. */
    readonly put: (key: string, bytes: Uint8Array) => Effect.Effect<ObjectRef | undefined>
    /** Stores a stream of chunks without holding it in memory. */
    readonly putStream: (key: string, chunks: ReadableStream<Uint8Array>) => Effect.Effect<ObjectRef | undefined>
    readonly get: (ref: ObjectRef) => Effect.Effect<ReadableStream<Uint8Array>, ObjectGone>
  }
>()("ci-fix-pilot/Objects") {}
