import { objectsBucket, objectsMaxBytes } from "@ci-fix-pilot/contract/streams"
import type { ObjectRef } from "@ci-fix-pilot/contract/values"
import { type JetStreamManager, jetstreamManager } from "@nats-io/jetstream"
import { type ObjectInfo, type ObjectStore, Objm } from "@nats-io/obj"
import { nanos } from "@nats-io/transport-node"
import { Effect, Layer } from "effect"
import { Nats } from "./nats-connection.ts"
import { ObjectGone, Objects } from "./Objects.ts"

const keepMs = 7 * 24 * 3_600_000
const bucketStream = `OBJ_${objectsBucket}`
const putTimeoutMs = 120_000

/** Whether what the store has under a ref's name is what was stored for this ref, and not what a later try put there. */
const isOf = (ref: ObjectRef, { deleted, size, digest }: ObjectInfo) =>
  !deleted && size === ref.bytes && sameDigest(digest, `SHA-256=${Buffer.from(ref.sha256, "hex").toString("base64url")}`)

/** Clients differ in whether they pad. */
const sameDigest = (one: string, other: string) => one.replaceAll("=", "") === other.replaceAll("=", "")

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

/**
 * An object's chunks, each fetched when the reader has room for it. The library's own reader has the server push all of them and keeps what
 * nobody reads: a slow reader of a large log would fill this process's memory.
 */
const chunksOf = (manager: JetStreamManager, { nuid, size, digest, name }: ObjectInfo): ReadableStream<Uint8Array> => {
  const hasher = new Bun.CryptoHasher("sha256")
  let next = 1
  let left = size
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        if (left <= 0) {
          const same = sameDigest(`SHA-256=${hasher.digest("base64url")}`, digest)
          return same ? controller.close() : controller.error(new ObjectGone({ key: name, why: "it does not match its digest" }))
        }
        const chunk = await manager.direct.getMessage(bucketStream, { seq: next, next_by_subj: `$O.${objectsBucket}.C.${nuid}` })
        if (chunk === null) throw new ObjectGone({ key: name, why: "a part of it is not there any more" })
        next = chunk.seq + 1
        left -= chunk.data.byteLength
        hasher.update(chunk.data)
        controller.enqueue(chunk.data)
      },
    },
    { highWaterMark: 2 },
  )
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
      using(async (store) => {
        const info = await store.info(ref.key)
        const manager = await jetstreamManager(connection, { checkAPI: false })
        return info === null || !isOf(ref, info) ? undefined : chunksOf(manager, info)
      }).pipe(
        Effect.mapError((error) => new ObjectGone({ key: ref.key, why: error.message })),
        Effect.flatMap((found) =>
          found === undefined ? Effect.fail(new ObjectGone({ key: ref.key, why: "it is not there any more" })) : Effect.succeed(found),
        ),
      ),
  })
})

/** The object store of a NATS server. */
export const layer = Layer.effect(Objects, make)
