import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { Figures } from "./figures.svelte.ts"
import { summary } from "./metrics.suite.ts"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Answers come when a test lets them; an asking that was aborted fails then. */
const scripted = () => {
  const pending: Array<{ readonly path: string; readonly settle: (error?: Error) => void }> = []
  const figures = new Figures({
    ask: <A>(path: string, options?: { readonly signal?: AbortSignal }) =>
      new Promise<A>((resolve, reject) => {
        const answer: unknown = path.includes("summary") ? summary({ days: Number(path.split("=")[1]) }) : { items: [] }
        pending.push({ path, settle: (error) => (options?.signal?.aborted || error ? reject(error) : resolve(answer as A)) })
      }),
  })
  const settle = async (error?: Error) => {
    for (const { settle } of pending.splice(0)) settle(error)
    await vi.advanceTimersByTimeAsync(0)
  }
  return { figures, pending, settle }
}

it("asks again while the ledger grows, at most every ten seconds", async () => {
  const { figures, pending, settle } = scripted()
  figures.show(30)
  await settle()
  let askings = 0
  for (let second = 0; second < 30; second++) {
    figures.changed()
    await vi.advanceTimersByTimeAsync(1_000)
    askings += pending.length / 2
    await settle()
  }
  expect(askings).toBe(3)
  figures.stop()
})

it("counts the span before once, when a span is opened", async () => {
  const { figures, pending, settle } = scripted()
  figures.show(7)
  expect(pending.map(({ path }) => path.split("days=")[1])).toEqual(["7", "7", "14"])
  await settle()
  figures.again()
  expect(pending.map(({ path }) => path.split("days=")[1])).toEqual(["7", "7"])
  await settle()
  figures.show(90)
  expect(pending.map(({ path }) => path.split("days=")[1])).toEqual(["90", "90", "180"])
  figures.stop()
})

it("shows the span that was chosen last, whatever order answers come in", async () => {
  const { figures, settle } = scripted()
  figures.show(90)
  figures.show(7)
  await settle()
  expect([figures.picture?.days, figures.picture?.summary.days, figures.error]).toEqual([7, 7, undefined])
})

it("keeps the last figures when it cannot ask, and says why", async () => {
  const { figures, settle } = scripted()
  figures.show(30)
  await settle()
  figures.again()
  await settle(new Error("away"))
  expect([figures.picture?.days, figures.error]).toEqual([30, new Error("away")])
  figures.again()
  await settle()
  expect(figures.error).toBeUndefined()
})
