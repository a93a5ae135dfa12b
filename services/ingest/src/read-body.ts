import { announcedBytes, readBounded } from "@ci-fix-pilot/actor/bounded-body"
import { HttpError } from "@ci-fix-pilot/contract/http"
import { Effect } from "effect"

/** Bodies being read at once may hold this much together (bytes); more are told to come again. */
const budget = 256 * 1_024 * 1_024

const tooLarge = (maxBytes: number) => new HttpError({ code: "too-large", message: `the body may have at most ${maxBytes} bytes` })
const tooSlow = new HttpError({ code: "too-slow", message: "the body did not arrive in time" })
const tooMany = new HttpError({ code: "unavailable", message: "too many bodies are being read", retryAfter: 1 })
const broken = new HttpError({ code: "bad-request", message: "the body could not be read" })

/** Reads raw bodies, bounded in size, time and, over all of them, memory. Fails with 400, 408, 413 or 503. */
export const makeReadBody = (maxBytes: number, patienceMs: number) => {
  let reading = 0
  const read = (request: Request) =>
    Effect.tryPromise({ try: (signal) => readBounded(request, maxBytes, signal), catch: () => broken }).pipe(
      Effect.timeoutOrElse({ duration: patienceMs, orElse: () => Effect.fail(tooSlow) }),
      Effect.flatMap((body) => (body === undefined ? Effect.fail(tooLarge(maxBytes)) : Effect.succeed(body))),
    )
  return (request: Request): Effect.Effect<Uint8Array, HttpError> =>
    Effect.suspend(() => {
      // Without a length it may become anything up to the limit.
      const announced = announcedBytes(request.headers) ?? maxBytes
      if (!(announced <= maxBytes)) return Effect.fail(tooLarge(maxBytes))
      if (reading + announced > budget) return Effect.fail(tooMany)
      reading += announced
      return Effect.ensuring(
        read(request),
        Effect.sync(() => {
          reading -= announced
        }),
      )
    })
}
