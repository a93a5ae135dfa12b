type Asked = Pick<Request, "headers" | "arrayBuffer" | "body">

/** What a body is expected to have (bytes); undefined when it comes in chunks of any number, whatever else is said about it. */
export const announcedBytes = (headers: Headers): number | undefined => {
  const length = headers.get("content-length")
  return length === null || headers.has("transfer-encoding") ? undefined : Number(length)
}

const readChunks = async (stream: ReadableStream<Uint8Array>, maxBytes: number, signal: AbortSignal) => {
  const reader = stream.getReader()
  const stop = () => void reader.cancel().catch(() => undefined)
  signal.addEventListener("abort", stop)
  const chunks: Array<Uint8Array> = []
  let bytes = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return new Uint8Array(Buffer.concat(chunks))
      bytes += value.byteLength
      if (bytes > maxBytes) break
      chunks.push(value)
    }
  } finally {
    signal.removeEventListener("abort", stop)
  }
  stop()
  return undefined
}

/**
 * A body of at most `maxBytes`; undefined for a larger one, of which no more than that is ever held, announced or not. Ends early, with
 * what came until then, when it is aborted; rejects when the body breaks off.
 */
export const readBounded = async (request: Asked, maxBytes: number, signal: AbortSignal): Promise<Uint8Array | undefined> => {
  const announced = announcedBytes(request.headers)
  if (announced !== undefined) return announced <= maxBytes ? new Uint8Array(await request.arrayBuffer()) : undefined
  return request.body === null ? new Uint8Array() : readChunks(request.body, maxBytes, signal)
}
