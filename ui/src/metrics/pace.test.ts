import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { makePace } from "./pace.ts"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const counting = () => {
  let times = 0
  const pace = makePace(
    () => {
      times += 1
    },
    { soon: 100, every: 10_000 },
  )
  return { pace, times: () => times }
}

it("runs soon after it is asked for, once for many askings", () => {
  const { pace, times } = counting()
  for (let asked = 0; asked < 50; asked++) pace.ask()
  vi.advanceTimersByTime(99)
  expect(times()).toBe(0)
  vi.advanceTimersByTime(1)
  expect(times()).toBe(1)
})

it("runs at most every ten seconds however much happens, and misses nothing that happened meanwhile", () => {
  const { pace, times } = counting()
  for (let second = 0; second < 60; second++) {
    pace.ask()
    vi.advanceTimersByTime(1_000)
  }
  expect(times()).toBe(6)
  vi.advanceTimersByTime(10_000)
  expect(times()).toBe(7)
})

it("waits as long after a run that somebody else made", () => {
  const { pace, times } = counting()
  pace.ran()
  pace.ask()
  vi.advanceTimersByTime(9_999)
  expect(times()).toBe(0)
  vi.advanceTimersByTime(1)
  expect(times()).toBe(1)
})

it("does not run once stopped", () => {
  const { pace, times } = counting()
  pace.ask()
  pace.stop()
  vi.advanceTimersByTime(60_000)
  expect(times()).toBe(0)
})
