import type { RunPage, RunSummary } from "@ci-fix-pilot/contract/run-view"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { ApiError } from "../api.ts"
import { rowAfter } from "../runs/row.ts"
import { makeTelling } from "./told.suite.ts"
import { Waiting } from "./waiting.ts"

const summary = (runId: string): RunSummary => {
  const row = rowAfter(undefined, makeTelling(40).failed(runId))
  if (row === undefined) throw new Error("a first entry makes a run")
  return { ...row.summary, status: "running", phase: "awaiting-approval" }
}
const page = (runIds: ReadonlyArray<string>, total = runIds.length, position = 40): RunPage => ({
  ...{ items: runIds.map(summary), page: 1, pageSize: 100 },
  ...{ total, position },
})

const waiting = (...answers: ReadonlyArray<RunPage | Promise<RunPage> | Error>) => {
  const left = [...answers]
  const counts: Array<number> = []
  const begun: Array<string> = []
  const it = new Waiting(
    async () => {
      const answer = left.shift()
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error("asked too often")
      return answer
    },
    (count) => counts.push(count),
    (runs) => begun.push(...runs.map(({ runId }) => runId)),
  )
  return { it, counts, begun, left }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe("the runs that wait for a person", () => {
  it("are known from the api, without a word about those that waited already", async () => {
    const { it: runs, counts, begun } = waiting(page(["a", "b"]))
    expect(await runs.load()).toBe(40)
    expect([counts, begun]).toEqual([[2], []])
  })

  it("grow when one begins to wait, which is told once, even if several do together", async () => {
    const { it: runs, counts, begun } = waiting(page(["a"]), page(["a", "b", "c"]))
    await runs.load()
    const told = makeTelling(40)
    runs.hear(told.waiting("b"))
    runs.hear(told.waiting("c"))
    await vi.advanceTimersByTimeAsync(300)
    expect([counts, begun]).toEqual([
      [1, 3],
      ["b", "c"],
    ])
  })

  it("are asked for while more and more begin to wait, not when that has ended", async () => {
    const { it: runs, counts, begun } = waiting(page([]), page(["a"]), page(["a", "b"]))
    await runs.load()
    const told = makeTelling(40)
    for (const runId of ["a", "b"]) {
      runs.hear(told.waiting(runId))
      await vi.advanceTimersByTimeAsync(200)
      runs.hear(told.waiting(`${runId}-too`))
      await vi.advanceTimersByTimeAsync(150)
    }
    expect([counts, begun]).toEqual([
      [0, 1, 2],
      ["a", "b"],
    ])
  })

  it.each(["delivering", "aborted"] as const)("shrink at once when one goes on by %s", async (how) => {
    const { it: runs, counts } = waiting(page(["a", "b"]))
    await runs.load()
    runs.hear(makeTelling(40)[how]("a"))
    expect(counts).toEqual([2, 1])
  })

  it("stay as they are for what changes no state, and for runs that did not wait", async () => {
    const { it: runs, counts } = waiting(page(["a"]))
    await runs.load()
    const told = makeTelling(40)
    runs.hear(told.reviewed("a"))
    runs.hear(told.aborted("z"))
    runs.hear(told.waiting("a"))
    await vi.advanceTimersByTimeAsync(10_000)
    expect(counts).toEqual([1])
  })

  it("are asked for anew when there were more than one answer holds, and again when that fails", async () => {
    const { it: runs, counts, left } = waiting(page(["a", "b"], 150), new Error("away"), page(["b", "c"], 149))
    await runs.load()
    runs.hear(makeTelling(40).aborted("a"))
    await vi.advanceTimersByTimeAsync(300)
    expect(left.length).toBe(1)
    await vi.advanceTimersByTimeAsync(5_000)
    expect(counts).toEqual([150, 149, 149])
  })

  it("are not asked for any more by who has been signed out", async () => {
    const { it: runs, left } = waiting(page(["a"]), new ApiError(401, "unauthorized", "sign in"), page(["a", "b"]))
    await runs.load()
    runs.hear(makeTelling(40).waiting("b"))
    await vi.advanceTimersByTimeAsync(60_000)
    expect(left.length).toBe(1)
  })

  it("are told of one that begins to wait while the first answer is on its way", async () => {
    const first = Promise.withResolvers<RunPage>()
    const { it: runs, counts, begun } = waiting(first.promise, page(["a", "b"], 2, 41))
    const loaded = runs.load()
    runs.hear(makeTelling(40).waiting("b"))
    first.resolve(page(["a"]))
    await loaded
    await vi.advanceTimersByTimeAsync(300)
    expect([counts, begun]).toEqual([[1, 2], ["b"]])
  })

  it("do not come back by an answer that is older than what was heard", async () => {
    const later = Promise.withResolvers<RunPage>()
    const { it: runs, counts } = waiting(page(["a", "b"]), later.promise)
    await runs.load()
    const loaded = runs.load()
    runs.hear(makeTelling(40).aborted("a"))
    later.resolve(page(["a", "b"]))
    await loaded
    expect(counts.at(-1)).toBe(1)
  })

  it("are not counted and told again when the line goes on behind an answer", async () => {
    const { it: runs, counts, begun } = waiting(page([]), page(["a"], 1, 103), page(["a"], 1, 103))
    await runs.load()
    await runs.load()
    const told = makeTelling(40)
    for (const entry of [told.waiting("a"), told.delivering("a"), told.waiting("a")]) runs.hear(entry)
    await vi.advanceTimersByTimeAsync(10_000)
    expect([counts, begun]).toEqual([[0, 1], ["a"]])
  })

  it("are those of the newest answer, whichever comes last", async () => {
    const slow = Promise.withResolvers<RunPage>()
    const { it: runs, counts } = waiting(slow.promise, page(["a", "b"], 2, 50))
    const loaded = runs.load()
    await runs.load()
    slow.resolve(page(["a"]))
    await loaded
    expect(counts).toEqual([2])
  })
})
