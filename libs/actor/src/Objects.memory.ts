import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import { Effect, Layer } from "effect"
import { ObjectGone, Objects } from "./Objects.ts"

/** Objects in this process, for tests. */
export const layer = Layer.sync(Objects, () => {
  const kept = new Map<string, Uint8Array>()
  const put = (key: string, bytes: Uint8Array) =>
    Effect.sync(() => {
      kept.set(key, bytes)
      return { key, sha256: sha256Hex(bytes), bytes: bytes.byteLength }
    })
  return Objects.of({
    put,
    putStream: (key, chunks) =>
      Effect.flatMap(
        Effect.promise(() => new Response(chunks).bytes()),
        (bytes) => put(key, bytes),
      ),
    get: ({ key }) => {
      const bytes = kept.get(key)
      return bytes === undefined
        ? Effect.fail(new ObjectGone({ key, why: "it is not there" }))
        : Effect.succeed(new Blob([new Uint8Array(bytes)]).stream())
    },
  })
})
