import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { watchHidden } from "./hidden-tab.ts"

/** Tabs of one browser, with the lock that they share. */
const browser = () => {
  let held = false
  const locks = {
    request: async (_name: string, _options: LockOptions, take: (lock: object | null) => unknown) => {
      if (held) return take(null)
      held = true
      await take({})
      held = false
    },
  }
  const tab = (withLocks = true) => {
    const page = Object.assign(new EventTarget(), { hidden: false })
    const said: Array<string> = []
    watchHidden(
      () => said.push("pause"),
      () => said.push("resume"),
      page,
      withLocks ? locks : undefined,
    )
    const look = (hidden: boolean) => {
      page.hidden = hidden
      page.dispatchEvent(new Event("visibilitychange"))
    }
    return { said, hide: () => look(true), show: () => look(false) }
  }
  return { tab }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe("hidden tabs", () => {
  it("all let go of their connection but one, so that a browser's six are never used up", async () => {
    const { tab } = browser()
    const tabs = Array.from({ length: 8 }, () => tab())
    for (const { hide } of tabs) hide()
    await vi.advanceTimersByTimeAsync(20_000)
    expect(tabs.filter(({ said }) => said.includes("pause")).length).toBe(7)
  })

  it("take it up again when they are looked at, and leave the place of the one that stays to another", async () => {
    const { tab } = browser()
    const [a, b] = [tab(), tab()]
    a.hide()
    await vi.advanceTimersByTimeAsync(20_000)
    a.show()
    await vi.advanceTimersByTimeAsync(0)
    b.hide()
    await vi.advanceTimersByTimeAsync(20_000)
    expect([a.said, b.said]).toEqual([["resume"], []])
  })

  it("keep it through a glance elsewhere", async () => {
    const { tab } = browser()
    const [a, b] = [tab(), tab()]
    a.hide()
    b.hide()
    await vi.advanceTimersByTimeAsync(19_000)
    b.show()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(b.said).toEqual(["resume"])
  })

  it("let go where the browser has no locks", async () => {
    const { said, hide } = browser().tab(false)
    hide()
    await vi.advanceTimersByTimeAsync(20_000)
    expect(said).toEqual(["pause"])
  })
})
