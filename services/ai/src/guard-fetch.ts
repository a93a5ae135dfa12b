/** An answer of a model is far smaller; what is larger is no answer. */
const defaultMaxBytes = 16 * 1024 * 1024

/**
 * A fetch that neither waits nor reads for ever: the answer's head and each piece of its body must come within `stallMs` of the one
 * before, and all of them together stay within `maxBytes`. Otherwise the connection is closed and reading fails.
 */
export const guardFetch =
  (stallMs: number, maxBytes = defaultMaxBytes) =>
  async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const own = new AbortController()
    const signal = AbortSignal.any([own.signal, ...(init?.signal ? [init.signal] : [])])
    const response = await within(stallMs, fetch(input, { ...init, signal })).catch((error: unknown) => {
      own.abort()
      throw error
    })
    if (response.body === null) return response
    const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader()
    let bytes = 0
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        try {
          const { done, value } = await within(stallMs, reader.read())
          if (done) return controller.close()
          bytes += value.byteLength
          if (bytes > maxBytes) throw new Error(`the answer is longer than ${maxBytes} bytes`)
          controller.enqueue(value)
        } catch (error) {
          controller.error(error)
          await reader.cancel().catch(() => undefined)
        }
      },
      cancel: (reason) => reader.cancel(reason),
    })
    return new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers })
  }

const within = <A>(ms: number, promise: Promise<A>): Promise<A> => {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`nothing came for ${ms} ms`)), ms)
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}
