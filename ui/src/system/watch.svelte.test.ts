import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { services, system } from "./system.suite.ts"
import { Watch } from "./watch.svelte.ts"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const watching = (answer: () => unknown = () => system()) => {
  let looks = 0
  const watch = new Watch({
    ask: <A>() => {
      looks += 1
      return Promise.resolve().then(answer) as Promise<A>
    },
  })
  return { watch, stop: watch.start(), looks: () => looks }
}
const show = (hidden: boolean) => {
  vi.spyOn(document, "hidden", "get").mockReturnValue(hidden)
  document.dispatchEvent(new Event("visibilitychange"))
}

it("looks again every five seconds, not at all in a hidden tab, and at once when it is shown again", async () => {
  const { looks, stop } = watching()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(looks()).toBe(3)
  show(true)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(looks()).toBe(3)
  show(false)
  await vi.advanceTimersByTimeAsync(1)
  expect(looks()).toBe(4)
  stop()
})

it("looks no more once it is stopped", async () => {
  const { looks, stop } = watching()
  stop()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(looks()).toBe(1)
})

it("keeps its picture and its time when a look fails, and forgets the failure with the next picture", async () => {
  let away = false
  const { watch, stop } = watching(() => {
    if (away) throw new Error("away")
    return system()
  })
  await vi.advanceTimersByTimeAsync(0)
  const seen = watch.at
  away = true
  await vi.advanceTimersByTimeAsync(5_000)
  expect([watch.system?.version, watch.at, watch.error instanceof Error]).toEqual(["0.1.0", seen, true])
  away = false
  await vi.advanceTimersByTimeAsync(5_000)
  expect([watch.at > seen, watch.error]).toEqual([true, undefined])
  stop()
})

it("knows since when a service has been silent, and forgets it when it answers", async () => {
  let answers = false
  const { watch, stop } = watching(() => system({ services: services({ service: "memory", answers }) }))
  await vi.advanceTimersByTimeAsync(0)
  const since = watch.at
  await vi.advanceTimersByTimeAsync(15_000)
  expect([...watch.silence]).toEqual([["memory", since]])
  answers = true
  await vi.advanceTimersByTimeAsync(5_000)
  expect([...watch.silence]).toEqual([])
  stop()
})
