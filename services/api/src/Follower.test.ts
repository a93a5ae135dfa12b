import { describe, expect, it } from "vitest"
import { bufferBytes, Follower } from "./Follower.ts"
import { frameOf, greeting, heartbeat } from "./frame.ts"

const make = () => {
  const closed = { times: 0 }
  const follower = new Follower({ position: 7, ledger: undefined, runId: undefined }, () => {
    closed.times += 1
  })
  return { follower, closed, reader: follower.body.getReader() }
}
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes)

describe("a client of the stream", () => {
  it("is told first where it stands and when to come back", async () => {
    expect(text((await make().reader.read()).value)).toBe("retry: 1000\nid: 7\n\n")
    expect(text(greeting(0, "a"))).toBe("retry: 1000\nid: 0\nledger: a\n\n")
  })

  it("gets what is pushed, in order", async () => {
    const { follower, reader } = make()
    await reader.read()
    follower.push(new Uint8Array([1]))
    follower.push(new Uint8Array([2]))
    expect([(await reader.read()).value, (await reader.read()).value]).toEqual([new Uint8Array([1]), new Uint8Array([2])])
  })

  it("is cut off when it leaves too much unread, once, and keeps nothing more", async () => {
    const { follower, closed } = make()
    const chunk = new Uint8Array(bufferBytes / 4)
    for (let times = 0; times < 50; times += 1) follower.push(chunk)
    expect([follower.closed, closed.times]).toEqual([true, 1])
  })

  it("may be waited for until there is room, or until it is gone", async () => {
    const { follower, reader } = make()
    follower.push(new Uint8Array(bufferBytes))
    const waiting = follower.room()
    await reader.read()
    await reader.read()
    await waiting
    follower.push(new Uint8Array(bufferBytes))
    const left = follower.room()
    follower.close()
    await left
    expect(follower.closed).toBe(true)
  })

  it("is forgotten once when it goes, and what is pushed then is nobody's", async () => {
    const { follower, closed, reader } = make()
    await reader.cancel()
    follower.close()
    follower.push(heartbeat)
    expect(closed.times).toBe(1)
  })
})

describe("a frame", () => {
  it("is one event on one data line, whatever the entry holds", () => {
    const entry = {
      runId: `run_${"0".repeat(24)}`,
      seq: 1,
      position: 12,
      type: "x",
      at: "",
      causedBy: null,
      traceparent: "",
      data: { text: "a\r\nb\n\ndata: c" },
    }
    const lines = text(frameOf(entry)).split("\n")
    expect(lines).toHaveLength(4)
    expect(lines[0]).toBe("id: 12")
    expect(JSON.parse((lines[1] ?? "").slice("data: ".length))).toEqual(entry)
    expect(text(frameOf(entry))).not.toContain("\r")
  })
})
