import { HttpError } from "@ci-fix-pilot/contract/http"
import { Effect } from "effect"

/** Bodies being read at once may hold this much together (bytes); more are told to come again. */
const budget = 256 * 1_024 * 1_024

const tooLarge = (maxBytes: number) => new HttpError({ code: "too-large", message: `the body may have at most ${maxBytes} bytes` })
const tooSlow = new HttpError({ code: "too-slow", message: "the body did not arrive in time" })
const tooMany = new HttpError({ code: "unavailable", message: "too many bodies are being read", retryAfter: 1 })
const broken = new HttpError({ code: "bad-request", message: "the body could not be read" })

const late = Symbol("late")

const within = async (body: Promise<ArrayBuffer>, patienceMs: number): Promise<ArrayBuffer | typeof late> => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const deadline = new Promise<typeof late>((resolve) => {
    timer = setTimeout(() => resolve(late), patienceMs)
  })
  try {
    return await Promise.race([body, deadline])
  } finally {
    clearTimeout(timer)
  }
}

/** Reads raw bodies, bounded in size, time and, over all of them, memory. Fails with 400, 408, 413 or 503. */
export const makeReadBody = (maxBytes: number, patienceMs: number) => {
  let reading = 0
  const read = (request: Request) =>
    Effect.tryPromise({ try: () => within(request.arrayBuffer(), patienceMs), catch: () => broken }).pipe(
      Effect.flatMap((body) => {
        if (body === late) return Effect.fail(tooSlow)
        return body.byteLength > maxBytes ? Effect.fail(tooLarge(maxBytes)) : Effect.succeed(new Uint8Array(body))
      }),
    )
  return (request: Request): Effect.Effect<Uint8Array, HttpError> =>
    Effect.suspend(() => {
      // Without a length it may become anything up to the limit.
      const announced = Number(request.headers.get("content-length") ?? maxBytes)
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
