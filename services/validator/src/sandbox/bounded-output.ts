/** The output of a command of unknown size in bounded memory: its first half and its last half. */

const continuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80

/** Drops the rest of a character that a cut left behind at either end. */
const wholeCharacters = (bytes: Uint8Array, cut: "start" | "end"): Uint8Array => {
  if (cut === "start") {
    let start = 0
    while (start < 3 && continuation(bytes[start])) start += 1
    return bytes.subarray(start)
  }
  let last = bytes.length - 1
  while (last >= 0 && bytes.length - last < 4 && continuation(bytes[last])) last -= 1
  const lead = bytes[last] ?? 0
  const expected = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1
  return bytes.length - last < expected ? bytes.subarray(0, last) : bytes
}

export interface BoundedOutput {
  readonly push: (chunk: Uint8Array) => void
  /** Bytes pushed so far. */
  readonly bytes: () => number
  readonly read: () => { readonly text: string; readonly bytes: number; readonly truncated: boolean }
}

/** Keeps at most `limit` bytes (plus one chunk), whatever is pushed. */
export const makeBoundedOutput = (limit: number): BoundedOutput => {
  const half = Math.floor(limit / 2)
  const head: Array<Uint8Array> = []
  const tail: Array<Uint8Array> = []
  let headBytes = 0
  let tailBytes = 0
  let bytes = 0

  const push = (chunk: Uint8Array): void => {
    bytes += chunk.length
    const toHead = Math.min(half - headBytes, chunk.length)
    if (toHead > 0) {
      head.push(chunk.slice(0, toHead))
      headBytes += toHead
    }
    if (toHead === chunk.length) return
    const rest = chunk.slice(Math.max(toHead, chunk.length - half))
    tail.push(rest)
    tailBytes += rest.length
    for (let first = tail[0]; first !== undefined && tailBytes - first.length >= half; first = tail[0]) {
      tail.shift()
      tailBytes -= first.length
    }
  }

  const read = () => {
    const decoder = new TextDecoder()
    const start = Buffer.concat(head)
    const end = Buffer.concat(tail)
    const last = end.subarray(Math.max(0, end.length - half))
    const dropped = bytes - start.length - last.length
    if (dropped === 0) return { text: decoder.decode(Buffer.concat([start, last])), bytes, truncated: false }
    const first = decoder.decode(wholeCharacters(start, "end"))
    const text = `${first}\n[... ${dropped} bytes left out ...]\n${decoder.decode(wholeCharacters(last, "start"))}`
    return { text, bytes, truncated: true }
  }

  return { push, bytes: () => bytes, read }
}
