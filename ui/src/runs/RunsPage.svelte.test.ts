import type { RunPage } from "@ci-fix-pilot/contract/run-view"
import { fireEvent, render, screen, within } from "@testing-library/svelte"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { makeTelling } from "../live/told.suite.ts"
import { navigation } from "../navigation.svelte.ts"
import { later } from "../shell/later.svelte.ts"
import RunsPage from "./RunsPage.svelte"
import { rowAfter } from "./row.ts"
import { list } from "./runs.ts"

const pageOf = (runIds: ReadonlyArray<string>, total = runIds.length): RunPage => {
  const told = makeTelling()
  const items = runIds.flatMap((runId) => rowAfter(undefined, told.failed(runId, `acme/${runId}`))?.summary ?? [])
  return { items, page: 1, pageSize: 50, total, position: 9 }
}
/** What the api answers for the list, by a word in its address; without one it is away. */
let answers: Readonly<Record<string, RunPage>>
const asked: Array<string> = []

const rows = () => screen.queryAllByRole("listitem").flatMap(({ textContent }) => /acme\/(\w+)/u.exec(textContent ?? "")?.[1] ?? [])
const open = async (address = "/") => {
  navigation.go(address)
  const main = document.createElement("main")
  main.id = "main"
  main.tabIndex = -1
  document.body.replaceChildren(main)
  render(RunsPage, {}, { baseElement: main })
  await settle()
}
const settle = () => vi.advanceTimersByTimeAsync(10)

beforeEach(async () => {
  await later.fetch()
  vi.useFakeTimers()
  asked.length = 0
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path)
    const word = Object.keys(answers).find((one) => path.includes(one))
    if (!path.includes("/runs?") || word === undefined) throw new TypeError("refused")
    return Response.json(answers[word])
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  list.arrivals = new Map()
})

describe("the page of all runs", () => {
  it("shows what its address asks for, and as much of it as there is", async () => {
    answers = { "status=fixed": pageOf(["b", "a"], 60) }
    await open("/?status=fixed")
    expect(rows()).toEqual(["b", "a"])
    expect(screen.getByRole("navigation", { name: "Pages of the list" }).textContent).toMatch(/1–50 of 60.*Page 1 of 2/su)
  })

  it("says why there is nothing to show, and tries again on demand", async () => {
    answers = {}
    await open("/?text=gone")
    expect(screen.getByRole("alert").textContent).toMatch(/could not be loaded.*cannot be reached/su)
    answers = { "text=gone": pageOf(["c"]) }
    await fireEvent.click(screen.getByRole("button", { name: "Try again" }))
    await settle()
    expect([rows(), screen.queryByRole("alert")]).toEqual([["c"], null])
  })

  it("keeps what it shows when it cannot be brought up to date, and says so over it", async () => {
    answers = { "text=kept": pageOf(["d"]) }
    await open("/?text=kept")
    answers = {}
    await list.reload()
    await settle()
    expect(rows()).toEqual(["d"])
    const news = within(screen.getByText(/This list is not up to date/u).parentElement ?? document.body)
    answers = { "text=kept": pageOf(["e", "d"]) }
    await fireEvent.click(news.getByRole("button", { name: "Try again" }))
    await settle()
    expect([rows(), screen.queryByText(/not up to date/u), document.activeElement?.id]).toEqual([["e", "d"], null, "main"])
  })

  it("shows no rows of another filter in the place of those that could not be loaded", async () => {
    answers = { "text=one": pageOf(["f"]) }
    await open("/?text=one")
    navigation.go("/?text=two")
    await settle()
    expect([rows(), screen.getByRole("alert").textContent]).toEqual([[], expect.stringContaining("cannot be reached")])
  })

  it("says in words why a list is empty", async () => {
    answers = { "text=none": pageOf([]) }
    await open("/?text=none")
    expect(screen.getByRole("heading", { name: "No run matches" })).toBeDefined()
  })

  it("lets what is new wait while somebody reads, and shows it when he asks", async () => {
    answers = { "text=new": pageOf(["g"]) }
    await open("/?text=new")
    await fireEvent.pointerMove(screen.getAllByRole("listitem")[0] ?? document.body)
    const [fresh] = pageOf(["h"]).items
    list.arrivals = new Map([["h", fresh]])
    await settle()
    expect(rows()).toEqual(["g"])
    await fireEvent.click(screen.getByRole("button", { name: "1 new run: show" }))
    await settle()
    expect([rows(), screen.queryByRole("button", { name: /new run/u })]).toEqual([["h", "g"], null])
    expect(document.activeElement?.id).toBe("main")
  })

  it("shows what is new by itself when nobody reads any more", async () => {
    answers = { "text=rest": pageOf(["i"]) }
    await open("/?text=rest")
    await fireEvent.pointerMove(screen.getAllByRole("listitem")[0] ?? document.body)
    const [fresh] = pageOf(["j"]).items
    list.arrivals = new Map([["j", fresh]])
    await vi.advanceTimersByTimeAsync(11_000)
    expect(rows()).toEqual(["j", "i"])
  })
})
