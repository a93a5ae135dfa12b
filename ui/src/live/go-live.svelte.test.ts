import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { dashboard } from "../dashboard.svelte.ts"
import { filterOf } from "../runs/filter.ts"
import { list } from "../runs/runs.ts"
import { goLive } from "./go-live.ts"
import { makeTelling } from "./told.suite.ts"

/** The server's side of each stream that the page opened, newest last. */
const streams: Array<ReadableStreamDefaultController<Uint8Array>> = []
let asked: Array<string>
let hidden: boolean

const encode = (text: string) => new TextEncoder().encode(text)
const greet = () => streams.at(-1)?.enqueue(encode(": here\n\n"))
const tell = (entry: { readonly position: number }) =>
  streams.at(-1)?.enqueue(encode(`id:${entry.position}\ndata:${JSON.stringify(entry)}\n\n`))
const settle = () => vi.advanceTimersByTimeAsync(10)
const nothing = () => Response.json({ items: [], page: 1, pageSize: 50, total: 0, position: 7 })
const hide = (yes: boolean) => {
  hidden = yes
  document.dispatchEvent(new Event("visibilitychange"))
}

// A browser has no locks on plain http: every hidden tab lets go there.
Object.defineProperty(navigator, "locks", { value: undefined })
const back = vi.fn<() => void>()
beforeEach(() => {
  vi.useFakeTimers()
  asked = []
  hidden = false
  back.mockClear()
  vi.spyOn(document, "hidden", "get").mockImplementation(() => hidden)
  vi.stubGlobal("fetch", async (path: string, { signal }: RequestInit = {}) => {
    asked.push(path)
    if (!path.includes("/stream")) return nothing()
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void streams.push(controller) })
    const from = streams.at(-1)
    signal?.addEventListener("abort", () => from?.error(new DOMException("let go", "AbortError")))
    return new Response(body)
  })
})
afterEach(() => {
  list.reading = () => false
  vi.useRealTimers()
})

/** One page, one life: each goes on where the one before left it. */
describe("the live page", () => {
  it("follows the ledger from where its first answer ends, and hands on what it is told", async () => {
    const heard: Array<number> = []
    const stop = dashboard.listen(({ position }) => heard.push(position))
    goLive(back)
    await settle()
    greet()
    tell(makeTelling(7).failed("new"))
    await settle()
    stop()
    expect([asked.find((path) => path.includes("/stream")), dashboard.connection.is, heard]).toEqual([
      "/v1/ci-healing/stream?after=7",
      "live",
      [8],
    ])
    expect(back).not.toHaveBeenCalled()
  })

  it("looks for another build when a tab that was hidden is looked at again, and goes on where it was", async () => {
    hide(true)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(dashboard.connection.is).toBe("paused")
    hide(false)
    await settle()
    greet()
    await settle()
    expect([dashboard.connection.is, back.mock.calls.length, asked.at(-1)]).toEqual(["live", 1, "/v1/ci-healing/stream?after=8"])
  })

  it("looks for another build, and for a list that could not be loaded, when a lost connection is back", async () => {
    list.show(filterOf(new URLSearchParams()))
    await settle()
    list.error = new Error("away")
    streams.at(-1)?.close()
    await settle()
    expect(dashboard.connection.is).toBe("lost")
    await vi.advanceTimersByTimeAsync(250)
    greet()
    await settle()
    await settle()
    expect([dashboard.connection.is, back.mock.calls.length, list.error]).toEqual(["live", 1, undefined])
  })

  it("leaves a list alone that somebody reads, until nobody does", async () => {
    let reads = true
    list.reading = () => reads
    list.error = new Error("away")
    streams.at(-1)?.close()
    await vi.advanceTimersByTimeAsync(510)
    greet()
    await settle()
    expect([dashboard.connection.is, list.error]).toEqual(["live", new Error("away")])
    reads = false
    await vi.advanceTimersByTimeAsync(5_000)
    expect(list.error).toBeUndefined()
  })
})
