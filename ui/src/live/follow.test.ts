import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { type Connection, follow, type LiveEntry } from "./follow.ts"
import { makeTelling } from "./told.suite.ts"

const encoder = new TextEncoder()
const refusal = (status: number, message: string, headers: Record<string, string> = {}) =>
  Response.json({ error: { code: "unavailable", message } }, { status, headers })

/** A server of streams: each request waits until the test answers it. */
const server = () => {
  const asked: Array<string> = []
  const answers: Array<(response: Response | Error) => void> = []
  const streams: Array<ReadableStreamDefaultController<Uint8Array>> = []
  const fetch = (path: string, { signal }: RequestInit) => {
    asked.push(path)
    return new Promise<Response>((resolve, reject) => {
      signal?.addEventListener("abort", () => {
        reject(new Error("aborted"))
        streams.at(-1)?.error(new Error("aborted"))
      })
      answers.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer)))
    })
  }
  const answer = async (response: Response | Error) => {
    answers.shift()?.(response)
    await vi.advanceTimersByTimeAsync(0)
  }
  const send = async (text: string) => {
    streams.at(-1)?.enqueue(encoder.encode(text))
    await vi.advanceTimersByTimeAsync(0)
  }
  return {
    asked,
    fetch,
    answer,
    send,
    accept: async (position: number, ledger?: string) => {
      await answer(new Response(new ReadableStream<Uint8Array>({ start: (controller) => void streams.push(controller) })))
      await send(`retry: 1000\nid: ${position}\n${ledger === undefined ? "" : `ledger: ${ledger}\n`}\n`)
    },
    tell: (...entries: ReadonlyArray<LiveEntry>) =>
      send(entries.map((entry) => `id: ${entry.position}\ndata: ${JSON.stringify(entry)}\n\n`).join("")),
    cut: async () => {
      streams.at(-1)?.error(new Error("connection reset"))
      await vi.advanceTimersByTimeAsync(0)
    },
    end: async () => {
      streams.at(-1)?.close()
      await vi.advanceTimersByTimeAsync(0)
    },
  }
}

const begin = (after = 0) => {
  const api = server()
  const heard: Array<number> = []
  const connections: Array<Connection> = []
  const onOtherLedger = vi.fn()
  const following = follow({
    after,
    fetch: api.fetch,
    onEntries: (entries) => heard.push(...entries.map(({ position }) => position)),
    onConnection: (connection) => connections.push(connection),
    onOtherLedger,
  })
  return { api, heard, connections, following, onOtherLedger, said: () => connections.map(({ is }) => is) }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe("following the ledger", () => {
  it("hears each entry once and in order across lost connections, repeats included", async () => {
    const { api, heard, said } = begin(10)
    const told = makeTelling(10)
    const [a, b, c, d] = [told.failed("r"), told.fetching("r"), told.diagnosed("r"), told.waiting("r")]
    await api.accept(10)
    await api.tell(a, b)
    await api.cut()
    await vi.advanceTimersByTimeAsync(250)
    await api.accept(12)
    await api.tell(b, c)
    await api.end()
    await vi.advanceTimersByTimeAsync(250)
    await api.accept(13)
    await api.tell(d)
    expect(heard).toEqual([11, 12, 13, 14])
    expect(api.asked).toEqual([10, 12, 13].map((after) => `/v1/ci-healing/stream?after=${after}`))
    expect(said()).toEqual(["connecting", "live", "lost", "live", "lost", "live"])
  })

  it("waits longer each time while nobody answers, and starts over once somebody did", async () => {
    const { api } = begin()
    for (const wait of [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]) {
      const before = api.asked.length
      await api.answer(new TypeError("refused"))
      await vi.advanceTimersByTimeAsync(wait - 1)
      expect(api.asked.length).toBe(before)
      await vi.advanceTimersByTimeAsync(1)
      expect(api.asked.length).toBe(before + 1)
    }
    await api.accept(0)
    await vi.advanceTimersByTimeAsync(5_000)
    await api.cut()
    await vi.advanceTimersByTimeAsync(250)
    expect(api.asked.length).toBe(10)
  })

  it("does not hurry back to a server that lets it in and drops it at once", async () => {
    const { api } = begin()
    for (const wait of [250, 500, 1_000]) {
      await api.accept(0)
      await api.end()
      await vi.advanceTimersByTimeAsync(wait - 1)
      const before = api.asked.length
      await vi.advanceTimersByTimeAsync(1)
      expect(api.asked.length).toBe(before + 1)
    }
  })

  it("comes back when a busy server asked it to, and says what the server said", async () => {
    const { api, connections } = begin()
    await api.answer(refusal(503, "too many live streams", { "retry-after": "5" }))
    expect(connections.at(-1)).toMatchObject({ is: "refused", says: "too many live streams" })
    await vi.advanceTimersByTimeAsync(4_999)
    expect(api.asked.length).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(api.asked.length).toBe(2)
  })

  it("says since when it is lost, however often it has tried since", async () => {
    const { api, connections } = begin()
    await api.accept(0)
    await api.cut()
    const lost = connections.at(-1)
    await vi.advanceTimersByTimeAsync(250)
    await api.answer(new TypeError("refused"))
    expect(connections.at(-1)).toEqual(lost)
  })

  it("stops for good when nobody is signed in any more", async () => {
    const { api, said } = begin()
    await api.answer(refusal(401, "sign in"))
    await vi.advanceTimersByTimeAsync(600_000)
    expect([said().at(-1), api.asked.length]).toEqual(["signed-out", 1])
  })

  it("takes a connection without a sign of life for dead, however open it looks", async () => {
    const { api, said } = begin()
    await api.accept(0)
    await vi.advanceTimersByTimeAsync(30_000)
    await api.send(": heartbeat\n\n")
    await vi.advanceTimersByTimeAsync(39_000)
    expect(said().at(-1)).toBe("live")
    await vi.advanceTimersByTimeAsync(1_000)
    expect(said().at(-1)).toBe("lost")
    await vi.advanceTimersByTimeAsync(250)
    expect(api.asked.length).toBe(2)
  })

  it("notices that the ledger is another one than it has seen", async () => {
    const { api, onOtherLedger } = begin(500)
    await api.accept(20)
    expect(onOtherLedger).toHaveBeenCalledTimes(1)
  })

  it("notices another ledger that is longer than what it has seen, and follows it no further", async () => {
    const { api, heard, following, onOtherLedger } = begin(10)
    const told = makeTelling(10)
    await api.accept(10)
    await api.cut()
    await vi.advanceTimersByTimeAsync(250)
    await api.accept(10, "a")
    await api.tell(told.failed("r"))
    await api.cut()
    await vi.advanceTimersByTimeAsync(250)
    await api.accept(11, "a")
    expect([following.ledger(), onOtherLedger.mock.calls.length]).toEqual(["a", 0])
    await api.cut()
    await vi.advanceTimersByTimeAsync(500)
    await api.accept(11, "b")
    await vi.advanceTimersByTimeAsync(60_000)
    expect([heard, onOtherLedger.mock.calls.length, api.asked.length]).toEqual([[11], 1, 4])
  })

  it("tries at once when it is told to, over one connection only", async () => {
    const { api, following, said } = begin()
    for (let n = 0; n < 5; n += 1) {
      await api.answer(new TypeError("refused"))
      await vi.advanceTimersByTimeAsync(4_000)
    }
    const before = api.asked.length
    following.hurry()
    await vi.advanceTimersByTimeAsync(0)
    expect(api.asked.length).toBe(before + 1)
    await api.answer(new TypeError("the one before, given up"))
    await api.accept(0)
    following.hurry()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(said().filter((is) => is === "live").length).toBe(1)
  })

  it("is lost the moment it is doubted, and live again with the first answer, from where it was", async () => {
    const { api, following, said, connections } = begin(7)
    await api.accept(7)
    await api.tell(makeTelling(7).failed("r"))
    following.doubt()
    expect(connections.at(-1)).toEqual({ is: "lost", since: Date.now() })
    await api.answer(new TypeError("no network"))
    following.doubt()
    following.hurry()
    await api.accept(8)
    expect([said(), api.asked.at(-1)]).toEqual([["connecting", "live", "lost", "lost", "live"], "/v1/ci-healing/stream?after=8"])
  })

  it("is over when it is closed", async () => {
    const { api, heard, following, said } = begin()
    await api.accept(0)
    following.close()
    await vi.advanceTimersByTimeAsync(600_000)
    expect([heard, api.asked.length, said().at(-1)]).toEqual([[], 1, "live"])
  })
})
