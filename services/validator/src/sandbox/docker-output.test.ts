import fc from "fast-check"
import { expect, it } from "vitest"
import { makeDemultiplexer } from "./docker-output.ts"

const frame = (stream: number, text: string): Uint8Array => {
  const payload = new TextEncoder().encode(text)
  const framed = new Uint8Array(8 + payload.length)
  framed[0] = stream
  new DataView(framed.buffer).setUint32(4, payload.length)
  framed.set(payload, 8)
  return framed
}

it("gives the output of both streams in order, wherever the stream was cut", () => {
  const frames = fc.array(fc.tuple(fc.constantFrom(1, 2), fc.string({ maxLength: 40 })), { maxLength: 20 })
  fc.assert(
    fc.property(frames, fc.integer({ min: 1, max: 30 }), (parts, size) => {
      const stream = Buffer.concat(parts.map(([channel, text]) => frame(channel, text)))
      const seen: Array<Uint8Array> = []
      const sink = makeDemultiplexer((chunk) => seen.push(chunk.slice()))
      for (let at = 0; at < stream.length; at += size) sink(stream.subarray(at, at + size))
      expect(Buffer.concat(seen).toString()).toBe(parts.map(([, text]) => text).join(""))
    }),
  )
})

it("passes on the start of a frame before its end is there", () => {
  const seen: Array<string> = []
  const sink = makeDemultiplexer((chunk) => seen.push(Buffer.from(chunk).toString()))
  sink(frame(1, "building...").subarray(0, 13))
  expect(seen).toEqual(["build"])
})
