import { readBounded } from "@ci-fix-pilot/actor/bounded-body"
import { HttpError, invalid } from "@ci-fix-pilot/contract/http"
import { Effect, Result, Schema, SchemaParser } from "effect"

/** The largest body: a note and a few short fields (bytes). */
const maxBytes = 64 * 1_024
/** A body that takes longer is not waited for. */
const patience = "5 seconds"

const tooLarge = new HttpError({ code: "too-large", message: `the body may have at most ${maxBytes} bytes` })
const tooSlow = new HttpError({ code: "too-slow", message: "the body did not arrive in time" })
const broken = new HttpError({ code: "bad-request", message: "the body could not be read" })
const notJson = new HttpError({
  code: "invalid",
  message: "the body is not JSON",
  fields: [{ field: "body", message: "Expected JSON" }],
})

const utf8 = new TextDecoder("utf-8", { fatal: true })
const parse = (bytes: Uint8Array) =>
  Effect.try({ try: (): unknown => (bytes.byteLength === 0 ? {} : JSON.parse(utf8.decode(bytes))), catch: () => notJson })

const read = (request: Request) =>
  Effect.tryPromise({ try: (signal) => readBounded(request, maxBytes, signal), catch: () => broken }).pipe(
    Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.fail(tooSlow) }),
    Effect.flatMap((bytes) => (bytes === undefined ? Effect.fail(tooLarge) : parse(bytes))),
  )

/**
 * Makes the reader of what comes with a change. The body is JSON, whatever type it is said to have, or empty, which is `{}`; a key that the
 * schema does not know is refused: a guard that is misspelt, or lost on the way, must not pass for one that was not set. Fails with 400, 408,
 * 413 or 422.
 */
export const jsonBodyOf = <A>(what: string, schema: Schema.Codec<A, unknown>) => {
  const decode = SchemaParser.decodeUnknownResult(schema, { errors: "all", onExcessProperty: "error" })
  return (request: Request): Effect.Effect<A, HttpError> =>
    Effect.flatMap(read(request), (value) => {
      const decoded = decode(value)
      return Result.isFailure(decoded) ? Effect.fail(invalid(what, decoded.failure)) : Effect.succeed(decoded.success)
    })
}

/** The same in the words of OpenAPI. */
export const describeBody = (schema: Schema.Top) => ({
  content: { "application/json": { schema: { ...Schema.toJsonSchemaDocument(schema).schema, additionalProperties: false } } },
})
