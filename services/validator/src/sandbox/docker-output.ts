/** Takes Docker's attach stream apart as it arrives: frames of an 8-byte header (stream, length) and that many bytes of output. */

const headerBytes = 8
const lengthAt = 4

/** Answers a sink for the raw stream; `onOutput` gets each piece at once, never waiting for a frame to be complete. */
export const makeDemultiplexer = (onOutput: (chunk: Uint8Array) => void): ((chunk: Uint8Array) => void) => {
  const header = new Uint8Array(headerBytes)
  let headerFilled = 0
  let remaining = 0

  return (chunk) => {
    let at = 0
    while (at < chunk.length) {
      if (remaining === 0) {
        const part = chunk.subarray(at, at + headerBytes - headerFilled)
        header.set(part, headerFilled)
        headerFilled += part.length
        at += part.length
        if (headerFilled < headerBytes) return
        headerFilled = 0
        remaining = new DataView(header.buffer).getUint32(lengthAt)
        continue
      }
      const part = chunk.subarray(at, at + remaining)
      remaining -= part.length
      at += part.length
      onOutput(part)
    }
  }
}
