import { describe, expect, it } from "vitest"
import { readEvents, type StreamEvent } from "./read-events.ts"

const streamOf = (...chunks: ReadonlyArray<Uint8Array>) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
const read = async (...chunks: ReadonlyArray<Uint8Array>) => {
  const seen: Array<StreamEvent> = []
  await readEvents(streamOf(...chunks), (events) => seen.push(...events))
  return seen
}
const bytes = (text: string) => new TextEncoder().encode(text)
const text = 'retry: 1000\nid: 4\n\nid: 5\ndata: {"title":"Prüfung › grün"}\n\n: heartbeat\n\nid: 6\ndata: a\ndata: b\n\n'
const events = [{ id: "4" }, { id: "5", data: '{"title":"Prüfung › grün"}' }, {}, { id: "6", data: "a\nb" }]

describe("server-sent events", () => {
  it("are their ids and data; comments are signs of life", async () => expect(await read(bytes(text))).toEqual(events))

  it("are the same wherever the network cuts them, even within a letter", async () => {
    const all = bytes(text)
    for (let at = 1; at < all.length; at += 1) expect(await read(all.slice(0, at), all.slice(at))).toEqual(events)
  })

  it("are nothing while they are incomplete", async () => expect(await read(bytes("id: 5\ndata: half"))).toEqual([]))
})
