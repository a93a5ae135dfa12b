import { Effect, Fiber, Schema } from "effect"
import { TestClock } from "effect/testing"
import { expect, it } from "vitest"
import { jsonBodyOf } from "./read-json.ts"

const read = jsonBodyOf("test", Schema.Struct({ note: Schema.optionalKey(Schema.String) }))
const asked = (body: ReadableStream<Uint8Array>) => new Request("http://api.test/", { method: "POST", body })

it("does not wait for ever for a body, and lets it go", async () => {
  let cancelled = false
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode("{")),
    cancel: () => {
      cancelled = true
    },
  })
  const error = await Effect.runPromise(
    Effect.gen(function* () {
      const reading = yield* Effect.forkChild(Effect.flip(read(asked(body))))
      yield* TestClock.adjust("5 seconds")
      return yield* Fiber.join(reading)
    }).pipe(Effect.provide(TestClock.layer())),
  )
  expect([error.code, cancelled]).toEqual(["too-slow", true])
})

it("says of a body that breaks off that it could not be read", async () => {
  const body = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error("gone")) })
  expect((await Effect.runPromise(Effect.flip(read(asked(body))))).code).toBe("bad-request")
})

it("takes no body for an empty object", async () => {
  expect(await Effect.runPromise(read(new Request("http://api.test/", { method: "POST" })))).toEqual({})
})
