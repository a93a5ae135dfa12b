import { objectsBucket, objectsMaxBytes } from "@ci-fix-pilot/contract/streams"
import type { ObjectRef } from "@ci-fix-pilot/contract/values"
import { type ObjectStore, Objm } from "@nats-io/obj"
import { nanos } from "@nats-io/transport-node"
import { Effect, Layer } from "effect"
import { Nats } from "./nats-connection.ts"
import { ObjectGone, Objects } from "./Objects.ts"

const keepMs = 7 * 24 * 3_600_000
const putTimeoutMs = 120_000

/** Passes chunks on while it counts and digests them. */
const digesting = (chunks: ReadableStream<Uint8Array>) => {
  const hasher = new Bun.CryptoHasher("sha256")
  let bytes = 0
  const counted = chunks.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        hasher.update(chunk)
        bytes += chunk.byteLength
        controller.enqueue(chunk)
      },
    }),
  )
  return { counted, facts: () => ({ sha256: hasher.digest("hex"), bytes }) }
}

const make = Effect.gen(function* () {
  const connection = yield* Nats
  const open = () => new Objm(connection).create(objectsBucket, { ttl: nanos(keepMs), max_bytes: objectsMaxBytes })
  // Opened at each use: the bucket may have been wiped with the rest of the store.
  const using = <A>(run: (store: ObjectStore) => Promise<A>) => Effect.tryPromise(async () => run(await open()))

  const putStream = (key: string, chunks: ReadableStream<Uint8Array>) =>
    using(async (store): Promise<ObjectRef> => {
      const { counted, facts } = digesting(chunks)
      await store.put({ name: key }, counted)
      return { key, ...facts() }
    }).pipe(
      Effect.timeout(putTimeoutMs),
      Effect.tapError((error) => Effect.logWarning("an object was not stored", { key, error: error.message })),
      Effect.orElseSucceed(() => undefined),
    )

  return Objects.of({
    putStream,
    put: (key, bytes) => putStream(key, new Blob([new Uint8Array(bytes)]).stream()),
    get: (ref) =>
      using((store) => store.get(ref.key)).pipe(
        Effect.mapError((error) => new ObjectGone({ key: ref.key, why: error.message })),
        Effect.flatMap((found) =>
          found === null ? Effect.fail(new ObjectGone({ key: ref.key, why: "it is not there any more" })) : Effect.succeed(found.data),
        ),
      ),
  })
})

/** The object store of a NATS server. */
export const layer = Layer.effect(Objects, make)
