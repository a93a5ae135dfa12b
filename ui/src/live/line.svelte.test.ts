import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { Connection } from "./follow.ts"
import { makeLine } from "./line.ts"

// On plain http a browser has no locks: every hidden tab lets go of its line.
Object.defineProperty(navigator, "locks", { value: undefined })

let hidden = false
const asked: Array<string> = []
const said: Array<Connection["is"]> = []
const whilePaused = vi.fn<() => void>()

const hide = (yes: boolean) => {
  hidden = yes
  document.dispatchEvent(new Event("visibilitychange"))
}
const line = makeLine({ onEntry: () => undefined, onConnection: ({ is }) => said.push(is), whilePaused })
const settle = () => vi.advanceTimersByTimeAsync(10)

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(document, "hidden", "get").mockImplementation(() => hidden)
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path)
    return new Response(new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode(": here\n\n")) }))
  })
  asked.length = 0
  said.length = 0
})
afterEach(() => {
  line.close()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe("the one line of the page", () => {
  it("follows from where it is told, one at a time", async () => {
    line.follow(5)
    await settle()
    line.follow(3)
    await settle()
    expect([asked.map((path) => path.split("=").at(-1)), said]).toEqual([
      ["5", "3"],
      ["connecting", "live", "connecting", "live"],
    ])
  })

  it("is let go while nobody looks, looks now and then what waits, and goes on when somebody looks again", async () => {
    line.follow(5)
    await settle()
    hide(true)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(said.at(-1)).toBe("paused")
    await vi.advanceTimersByTimeAsync(120_000)
    expect([whilePaused.mock.calls.length, asked.length]).toEqual([2, 1])
    hide(false)
    await settle()
    expect([said.at(-1), asked.length]).toEqual(["live", 2])
    await vi.advanceTimersByTimeAsync(30_000)
    expect(whilePaused).toHaveBeenCalledTimes(2)
  })

  it("is no more once it is closed, whoever comes back", async () => {
    line.follow(5)
    await settle()
    line.close()
    hide(true)
    await vi.advanceTimersByTimeAsync(20_000)
    hide(false)
    await settle()
    expect(asked.length).toBe(1)
  })

  it("is lost the moment the network goes, however open it looks, and tried at once", async () => {
    line.follow(5)
    await settle()
    dispatchEvent(new Event("offline"))
    expect(said.at(-1)).toBe("lost")
    await settle()
    expect([said.at(-1), asked.length]).toEqual(["live", 2])
  })

  it("is tried at once when the network is back", async () => {
    vi.stubGlobal("fetch", async (path: string) => {
      asked.push(path)
      throw new TypeError("no network")
    })
    line.follow(5)
    await vi.advanceTimersByTimeAsync(1_000)
    const tries = asked.length
    dispatchEvent(new Event("online"))
    await vi.advanceTimersByTimeAsync(1)
    expect(asked.length).toBe(tries + 1)
  })
})
