import type { RunPage, RunSummary } from "@ci-fix-pilot/contract/run-view"
import { afterEach, describe, expect, it, vi } from "vitest"
import type { LiveEntry } from "../live/follow.ts"
import { makeTelling } from "../live/told.suite.ts"
import type { Filter } from "./filter.ts"
import { rowAfter } from "./row.ts"
import { RunsKeeper } from "./runs-keeper.ts"
import { RunsList } from "./runs-list.svelte.ts"

const all: Filter = { status: "", repository: "", text: "", page: 1 }
const runOf = (...entries: ReadonlyArray<LiveEntry>): RunSummary => {
  const row = entries.reduce<ReturnType<typeof rowAfter>>(rowAfter, undefined)
  if (row === undefined) throw new Error("not a ledger from its beginning")
  return row.summary
}
const page = (items: ReadonlyArray<RunSummary>, total = items.length, position = 0): RunPage => ({
  ...{ items, page: 1, pageSize: 3 },
  ...{ total, position },
})

const listOf = (filter: Filter, first: RunPage, ...later: ReadonlyArray<Promise<RunPage>>) => {
  const answers = [...later]
  const asked: Array<string> = []
  const ask = (path: string) => {
    asked.push(path)
    return answers.shift() ?? Promise.reject(new Error("asked too often"))
  }
  const list = new RunsList({ ask, onPage: () => undefined })
  const keeper = new RunsKeeper(list, ask)
  list.take(filter, first)
  return { list, keeper, asked, ids: () => list.rows.map(({ runId }) => runId) }
}

afterEach(() => void vi.useRealTimers())

describe("the list of runs", () => {
  it("changes a run where it stands", () => {
    const told = makeTelling()
    const { list, keeper, ids } = listOf(all, page([runOf(told.failed("b")), runOf(told.failed("a"))]))
    keeper.hear(told.fetching("a"))
    expect(ids()).toEqual(["b", "a"])
    expect(list.rows.map(({ phase }) => phase)).toEqual(["queued", "fetching"])
  })

  it("puts a new run on top at once while nobody reads, and no more than a page holds", () => {
    const told = makeTelling()
    const { list, keeper, ids } = listOf(all, page(["c", "b", "a"].map((id) => runOf(told.failed(id)))))
    keeper.hear(told.failed("d"))
    expect([ids(), list.total]).toEqual([["d", "c", "b"], 4])
  })

  it("lets new runs wait, living on, while somebody reads", () => {
    const told = makeTelling()
    const { list, keeper, ids } = listOf(all, page([runOf(told.failed("a"))]))
    list.reading = () => true
    keeper.hear(told.failed("b"))
    keeper.hear(told.failed("c"))
    keeper.hear(told.fetching("b"))
    expect([ids(), list.arrivals.size, list.total]).toEqual([["a"], 2, 3])
    list.settle()
    expect(list.rows.map(({ runId, phase }) => [runId, phase])).toEqual([
      ["c", "queued"],
      ["b", "fetching"],
      ["a", "queued"],
    ])
  })

  it("only counts new runs on a later page: nothing moves there", () => {
    const told = makeTelling()
    const { list, keeper, ids } = listOf({ ...all, page: 2 }, page([runOf(told.failed("a"))], 4))
    keeper.hear(told.failed("b"))
    list.settle()
    expect([ids(), list.arrivals.size]).toEqual([["a"], 1])
  })

  it("takes only what its filter takes, and lets go of what it takes no longer before it is shown", () => {
    const told = makeTelling()
    const { list, keeper } = listOf({ ...all, status: "queued", repository: "acme/web" }, page([]))
    list.reading = () => true
    keeper.hear(told.failed("a", "acme/other"))
    keeper.hear(told.failed("b"))
    expect([list.arrivals.size, list.total]).toEqual([1, 1])
    keeper.hear(told.fetching("b"))
    expect([list.arrivals.size, list.total]).toEqual([0, 0])
  })

  it("counts nothing that its answer holds already", () => {
    const told = makeTelling()
    const old = told.failed("old")
    const { list, keeper, ids } = listOf(all, page([runOf(told.failed("b")), runOf(told.failed("a"))], 3, 3))
    list.reading = () => true
    keeper.hear(old)
    expect([ids(), list.total, list.arrivals.size]).toEqual([["b", "a"], 3, 0])
  })

  it("asks whether a run of elsewhere belongs to it from now on, before it says so", async () => {
    vi.useFakeTimers()
    const told = makeTelling()
    const entries = [told.failed("old"), told.fetching("old"), told.waiting("old"), told.waiting("of another repository")] as const
    const { list, keeper } = listOf(
      { ...all, status: "waiting", repository: "acme/web" },
      page([]),
      Promise.resolve(page([runOf(...entries)])),
    )
    list.reading = () => true
    for (const entry of entries) keeper.hear(entry)
    expect(list.arrivals.size).toBe(0)
    await vi.advanceTimersByTimeAsync(400)
    expect([...list.arrivals.keys()]).toEqual(["old"])
  })

  it("takes back that there is a new run when that goes on before it is shown", async () => {
    vi.useFakeTimers()
    const told = makeTelling()
    const entries = [told.failed("old"), told.waiting("old")] as const
    const answers = [Promise.resolve(page([runOf(...entries)])), Promise.resolve(page([]))]
    const { list, keeper } = listOf({ ...all, status: "waiting" }, page([]), ...answers)
    list.reading = () => true
    for (const entry of entries) keeper.hear(entry)
    await vi.advanceTimersByTimeAsync(400)
    keeper.hear(told.delivering("old"))
    await vi.advanceTimersByTimeAsync(400)
    expect(list.arrivals.size).toBe(0)
  })

  it("takes no step of a run on a later page for a run that begins", async () => {
    vi.useFakeTimers()
    const told = makeTelling()
    told.failed("older")
    const { list, keeper, asked } = listOf({ ...all, status: "running" }, page([runOf(told.failed("a"), told.fetching("a"))], 51))
    list.reading = () => true
    keeper.hear(told.diagnosed("older"))
    keeper.hear(told.attempt("older", 1))
    await vi.advanceTimersByTimeAsync(1_000)
    expect([asked, list.arrivals.size]).toEqual([[], 0])
  })

  it("asks for runs of which only the state is known while more of them come", async () => {
    vi.useFakeTimers()
    const told = makeTelling()
    const { keeper, asked } = listOf({ ...all, status: "waiting" }, page([]), new Promise<RunPage>(() => undefined))
    for (const runId of ["a", "b", "c", "d"]) {
      keeper.hear(told.waiting(runId))
      await vi.advanceTimersByTimeAsync(300)
    }
    expect(asked.length).toBe(1)
  })

  it("loses nothing that happens while a page is on its way, and counts nothing twice", async () => {
    const told = makeTelling()
    const [failed, diagnosed, attempt] = [told.failed("a"), told.diagnosed("a", 0.5), told.attempt("a", 1)]
    const later = Promise.withResolvers<RunPage>()
    const { list, keeper } = listOf(all, page([runOf(failed)]), later.promise)
    const reloaded = list.reload()
    keeper.hear(diagnosed)
    keeper.hear(attempt)
    later.resolve(page([runOf(failed, diagnosed)]))
    await reloaded
    expect(list.rows[0]).toMatchObject({ seq: 3, costUsd: 0.5, phase: "proposing", attempt: 1 })
  })

  it("shows the answer to the last question, whichever comes first", async () => {
    const told = makeTelling()
    const slow = Promise.withResolvers<RunPage>()
    const { list, ids } = listOf(all, page([]), slow.promise, Promise.resolve(page([runOf(told.failed("new"))])))
    list.show({ ...all, text: "o" })
    list.show({ ...all, text: "old" })
    await expect.poll(ids).toEqual(["new"])
    slow.resolve(page([runOf(told.failed("old"))]))
    await slow.promise
    await Promise.resolve()
    expect(ids()).toEqual(["new"])
  })

  it("says what went wrong, and keeps what it shows", async () => {
    const told = makeTelling()
    const { list, ids } = listOf(all, page([runOf(told.failed("a"))]), Promise.reject(new Error("away")))
    await list.reload()
    expect([ids(), list.error, list.loading]).toEqual([["a"], new Error("away"), false])
  })
})
