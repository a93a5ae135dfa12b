import { fireEvent, render, screen, within } from "@testing-library/svelte"
import { flushSync } from "svelte"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { dashboard } from "../dashboard.svelte.ts"
import { navigation } from "../navigation.svelte.ts"
import MetricsPage from "./MetricsPage.svelte"
import { repository, runs, summary } from "./metrics.suite.ts"

const twice = summary({ total: 20, costUsd: 1, byStatus: runs({ resolved: 10, fixed: 2, escalated: 6, flaky: 1, running: 1 }) })
let asked: Array<string> = []
let shown: ReturnType<typeof summary> | "away"

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse("2026-11-22T12:00:00.000Z") })
  asked = []
  shown = summary()
  navigation.go("/metrics")
  vi.stubGlobal("fetch", (path: string) => {
    asked.push(path)
    if (shown === "away") return Promise.reject(new TypeError("no connection"))
    const body = path.includes("summary")
      ? path.endsWith("days=60")
        ? twice
        : shown
      : { items: [repository("acme/shop", 3), repository("acme/api", 9)] }
    return Promise.resolve({ ok: true, status: 200, json: () => Promise.resolve(body) })
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const open = async () => {
  const { container } = render(MetricsPage)
  await vi.advanceTimersByTimeAsync(1)
  return container
}
const askingsFor = (days: number) => [
  `/v1/ci-healing/metrics/summary?days=${days}`,
  `/v1/ci-healing/metrics/repositories?days=${days}`,
  `/v1/ci-healing/metrics/summary?days=${days * 2}`,
]
const cell = (text: string | null) => text?.replaceAll(/\s+/gu, " ").trim()
const rowsOf = (table: HTMLElement) =>
  [...table.querySelectorAll("tbody tr")].map((row) => [...row.children].map(({ textContent }) => cell(textContent)))

it("shows the figures that people ask for first", async () => {
  await open()
  const cards = document.querySelector("dl")?.children ?? []
  const figures = [...cards].map(({ children }) => [...children].map(({ textContent }) => cell(textContent)))
  expect(figures).toEqual([
    ["Runs", "12", "1 still open", "8 in the 30 days before"],
    ["Success rate", "80 %", "8 of 10 that had something to heal", "50 % in the 30 days before"],
    ["Time to fix", "42 s", "half are faster; 95 % within 3 min 5 s"],
    ["Healed without a model", "75 %", "of the fixed runs; no model wrote their fix"],
    ["Cost per fixed run", "$0.05", "$0.40 in all, fruitless runs included", "$0.15 in the 30 days before"],
    ["Pull requests", "8", "from 14 attempts"],
  ])
})

it("has the numbers of every chart as a table", async () => {
  await open()
  const days = screen.getByRole("table", { name: /^Runs per day/u, hidden: true })
  expect(rowsOf(days)).toHaveLength(30)
  expect(rowsOf(days)[0]).toEqual(["Sun 22 Nov", "4", "0", "2", "1", "0", "0", "0", "1", "100 %", "30 s", "30 s"])
  expect(rowsOf(days)[2]).toEqual(["Fri 20 Nov", "8", "6", "0", "0", "0", "0", "2", "0", "75 %", "42 s", "3 min 5 s"])
  expect(rowsOf(screen.getByRole("table", { name: "Attempts per strategy", hidden: true }))).toEqual([
    ["Replay a known fix", "4", "3", "75 %", "3"],
    ["Ask a model", "5", "2", "40 %", "2"],
    ["Undo what broke it", "5", "3", "60 %", "3"],
  ])
})

it("takes its span from the address, and offers the others as links that keep the order", async () => {
  navigation.go("/metrics?days=7&sort=cost")
  await open()
  expect(asked).toEqual(askingsFor(7))
  const spans = within(screen.getByRole("navigation", { name: "Time span" })).getAllByRole("link")
  expect(spans.map((link) => [link.getAttribute("href"), link.getAttribute("aria-current")])).toEqual([
    ["/metrics?days=7&sort=cost", "true"],
    ["/metrics?days=30&sort=cost", null],
    ["/metrics?days=90&sort=cost", null],
  ])
  navigation.go("/metrics?days=90")
  await vi.advanceTimersByTimeAsync(1)
  expect(asked.slice(3)).toEqual(askingsFor(90))
})

it("says of which span the figures are that stand there, while it counts another", async () => {
  const container = await open()
  const said = () => [
    container.querySelector("header p")?.textContent?.match(/\d+ days/u)?.[0],
    container.querySelector("[aria-busy=true]") !== null,
  ]
  shown = "away"
  navigation.go("/metrics?days=7")
  flushSync()
  expect(said()).toEqual(["30 days", true])
  await vi.advanceTimersByTimeAsync(1)
  expect(said()).toEqual(["30 days", false])
  shown = summary()
  await fireEvent.click(screen.getByRole("button", { name: "Try again" }))
  await vi.advanceTimersByTimeAsync(1)
  expect(said()).toEqual(["7 days", false])
})

it("sorts repositories by a click on a head, says so, and writes it into the address", async () => {
  await open()
  const table = screen.getByRole("table", { name: "Repositories" })
  const names = () => rowsOf(table).map(([name]) => name)
  expect(names()).toEqual(["acme/api", "acme/shop"])
  await fireEvent.click(screen.getByRole("button", { name: "Runs" }))
  expect(names()).toEqual(["acme/shop", "acme/api"])
  expect(within(table).getByRole("columnheader", { name: "Runs" }).getAttribute("aria-sort")).toBe("ascending")
  expect(navigation.query.get("sort")).toBe("-runs")
})

it("says what will stand here while there is nothing yet", async () => {
  shown = summary({ total: 0, perDay: [], strategies: [] })
  await open()
  expect(screen.getByRole("heading", { name: "No run in the last 30 days" })).toBeDefined()
  expect(screen.getByRole("link", { name: "Look at 90 days" }).getAttribute("href")).toBe("/metrics?days=90")
})

it("says why there are no figures, and tries again on demand", async () => {
  shown = "away"
  await open()
  expect(screen.getByRole("alert").textContent).toContain("cannot be reached")
  shown = summary()
  await fireEvent.click(screen.getByRole("button", { name: "Try again" }))
  await vi.advanceTimersByTimeAsync(1)
  expect(screen.getByText("80 %")).toBeDefined()
})

it("asks again by itself when the live line is back", async () => {
  dashboard.connection = { is: "lost", since: 0 }
  shown = "away"
  await open()
  shown = summary()
  dashboard.connection = { is: "live" }
  await vi.advanceTimersByTimeAsync(1)
  expect(screen.getByText("80 %")).toBeDefined()
  expect(asked.length).toBe(6)
})

it("shows the repositories as cards, with every figure, where a table has no room", async () => {
  const { innerWidth } = window
  Reflect.get(window, "happyDOM").setViewport({ width: 390 })
  await open()
  const cards = screen.getByRole("list", { name: "Repositories" })
  expect(within(cards).getAllByRole("listitem")[0]?.textContent?.replaceAll(/\s+/gu, " ")).toMatch(
    /acme\/api.*Runs \d+ Success 100 % Cost \$0\.2.* Half fixed in 42 s 95 % in 3 min 5 s Last run/u,
  )
  await fireEvent.click(screen.getByRole("button", { name: "Runs largest first", pressed: true }))
  expect(navigation.query.get("sort")).toBe("-runs")
  Reflect.get(window, "happyDOM").setViewport({ width: innerWidth })
})
