import { type NatsServer, startNatsServer } from "@ci-fix-pilot/testkit/nats-server"
import { Effect, Layer } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Nats } from "./nats-connection.ts"
import * as NatsObjects from "./Objects.nats.ts"
import { Objects } from "./Objects.ts"

const mebibyte = 1_048_576
let server: NatsServer

beforeAll(async () => {
  server = await startNatsServer()
})
afterAll(() => server?.stop())

const running = <A, E>(work: Effect.Effect<A, E, Objects | Nats>) =>
  Effect.runPromise(
    work.pipe(Effect.provide(NatsObjects.layer.pipe(Layer.provideMerge(Nats.to({ servers: server.url, name: "objects" }))))),
  )

const large = new Uint8Array(24 * mebibyte).map((_, at) => at % 251)
const put = (key: string, bytes: Uint8Array) =>
  Effect.flatMap(
    Objects.use((objects) => objects.put(key, bytes)),
    (ref) => (ref === undefined ? Effect.die(new Error("it was not stored")) : Effect.succeed(ref)),
  )

describe("an object of a NATS server", () => {
  it.each([0, 1, 131_072, 3 * mebibyte + 7])("of %i bytes is read as it was stored", async (size) => {
    const bytes = large.subarray(0, size)
    const read = Effect.gen(function* () {
      const ref = yield* put(`object-${size}`, bytes)
      expect(ref.bytes).toBe(size)
      const stream = yield* Objects.use((objects) => objects.get(ref))
      return yield* Effect.promise(() => new Response(stream).bytes())
    })
    expect(Buffer.from(await running(read)).equals(Buffer.from(bytes))).toBe(true)
  })

  it("is fetched as it is read: what nobody has read yet fills no memory", async () => {
    const fetched = Effect.gen(function* () {
      const ref = yield* put("large", large)
      const connection = yield* Nats
      const before = connection.stats().inBytes
      const stream = yield* Objects.use((objects) => objects.get(ref))
      return yield* Effect.promise(async () => {
        const reader = stream.getReader()
        for (let read = 0; read < mebibyte; ) read += (await reader.read()).value?.byteLength ?? mebibyte
        // Whatever the server has sent by itself is here before its answer to this is.
        for (let times = 0; times < 20; times += 1) await connection.flush()
        await reader.cancel()
        return connection.stats().inBytes - before
      })
    })
    expect(await running(fetched)).toBeLessThan(3 * mebibyte)
  })

  it("that another one of the same length has replaced is gone", async () => {
    const replaced = Effect.gen(function* () {
      const first = yield* put("replaced", new TextEncoder().encode("first"))
      const second = yield* put("replaced", new TextEncoder().encode("other"))
      const objects = yield* Objects
      const stream = yield* objects.get(second)
      return [yield* Effect.flip(objects.get(first)), yield* Effect.promise(() => new Response(stream).text())]
    })
    expect(await running(replaced)).toMatchObject([{ _tag: "ObjectGone", key: "replaced" }, "other"])
  })

  it("that is gone is said to be", async () => {
    const why = Objects.use((objects) => objects.get({ key: "none", sha256: "", bytes: 1 })).pipe(Effect.flip)
    expect(await running(why)).toMatchObject({ _tag: "ObjectGone", key: "none" })
  })
})
