import type { ObjectRef } from "@ci-fix-pilot/contract/values"

/** From the first byte to the last, both included. */
interface Span {
  readonly first: number
  readonly last: number
}

/** What a Range header asks of so many bytes: one span, nothing that is understood (all of it), or what is not there. */
export const spanOf = (header: string | null, bytes: number): Span | "all" | "none" => {
  const asked = /^bytes=(\d{0,15})-(\d{0,15})$/u.exec(header?.trim() ?? "")
  const [, from = "", to = ""] = asked ?? []
  if (asked === null || (from === "" && to === "")) return "all"
  const first = from === "" ? Math.max(0, bytes - Number(to)) : Number(from)
  const last = from === "" || to === "" ? bytes - 1 : Math.min(Number(to), bytes - 1)
  if (from !== "" && to !== "" && Number(to) < first) return "all"
  return first > last ? "none" : { first, last }
}

/** Only these bytes of a stream, as they come; what follows them is not read. */
export const sliceOf = (stream: ReadableStream<Uint8Array>, { first, last }: Span): ReadableStream<Uint8Array> => {
  const reader = stream.getReader()
  let at = 0
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      while (at <= last) {
        const { done, value } = await reader.read()
        if (done) break
        const begin = Math.max(0, first - at)
        const end = Math.min(value.byteLength, last + 1 - at)
        at += value.byteLength
        if (begin < end) return controller.enqueue(value.subarray(begin, end))
      }
      controller.close()
      await reader.cancel()
    },
    cancel: (reason) => reader.cancel(reason),
  })
}

/** The log as text that no browser runs, passed on as it is read, or the part of it that was asked for. */
export const serveLog = (
  log: ReadableStream<Uint8Array>,
  { sha256, bytes }: ObjectRef,
  { headers: asked }: Pick<Request, "headers">,
): Response => {
  const etag = `"${sha256}"`
  const headers = {
    etag,
    "accept-ranges": "bytes",
    "content-type": "text/plain; charset=utf-8",
    "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
  }
  const known = asked.get("if-range") ?? etag
  const span = known === etag ? spanOf(asked.get("range"), bytes) : "all"
  if (span === "all") return new Response(log, { headers: { ...headers, "content-length": `${bytes}` } })
  if (span === "none") {
    void log.cancel()
    return new Response(null, { status: 416, headers: { ...headers, "content-range": `bytes */${bytes}` } })
  }
  const { first, last } = span
  return new Response(sliceOf(log, span), {
    status: 206,
    headers: { ...headers, "content-range": `bytes ${first}-${last}/${bytes}`, "content-length": `${last - first + 1}` },
  })
}
