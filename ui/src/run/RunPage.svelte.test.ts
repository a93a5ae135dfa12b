import type { RunDetail, RunMemory } from "@ci-fix-pilot/contract/run-view"
import { fireEvent, render, screen, within } from "@testing-library/svelte"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { dashboard } from "../dashboard.svelte.ts"
import {
  attempt,
  delivering,
  detailOf,
  failed,
  fetched,
  ledger,
  opened,
  patch,
  proposed,
  rejected,
  runId,
  validated,
  waiting,
} from "./lives.suite.ts"
import RunPage from "./RunPage.svelte"

let detail: RunDetail | undefined
let remembered: () => Promise<RunMemory["remembered"]>
let asked: number

const answering = () =>
  vi.stubGlobal("fetch", (path: string) => {
    if (path.includes("/memory")) {
      asked += 1
      return remembered().then((all) => ({ ok: true, status: 200, json: async () => ({ runId, recalled: [], remembered: all }) }))
    }
    if (path.includes("pageSize")) return Promise.resolve({ ok: true, status: 200, json: async () => ({ items: [], position: 900 }) })
    return Promise.resolve(
      detail === undefined
        ? { ok: false, status: 404, json: async () => ({ error: { code: "not-found", message: "there is no such run" } }) }
        : { ok: true, status: 200, json: async () => detail },
    )
  })

beforeEach(() => {
  vi.useFakeTimers()
  remembered = () => Promise.resolve([])
  asked = 0
  answering()
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const open = async (shown: RunDetail | undefined) => {
  detail = shown
  const view = render(RunPage, { runId })
  await vi.advanceTimersByTimeAsync(10)
  return view
}
const told = () => [...document.querySelectorAll("[data-seq]")].map((item) => Number(item.getAttribute("data-seq")))
const facts = [failed, fetched, attempt(1), proposed(1), rejected(1), attempt(2), proposed(2), validated(2)] as const

describe("the page of a run", () => {
  it("tells what failed, what was tried and why it was rejected, and the proof", async () => {
    await open(detailOf(ledger(...facts, delivering(2), opened)))
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("not ok 1 - adds")
    expect(screen.getByRole("region", { name: /^Attempt 1/u }).textContent).toMatch(/Why it was rejected\s*still red/u)
    const proof = within(screen.getByRole("region", { name: /red before, green after/u }))
    expect(proof.getByText(/Before, without the patch/u).parentElement?.textContent).toContain("exit 1")
    expect(proof.getByText(/After, with the patch/u).parentElement?.textContent).toContain("exit 0")
    expect(proof.getByText(/git write-tree/u)).toBeDefined()
    expect(screen.getByRole("link", { name: "Pull request #7" }).getAttribute("href")).toBe("https://github.test/acme/shop/pull/7")
  })

  it("goes on before the reader's eyes, entry by entry", async () => {
    const all = ledger(...facts)
    await open(detailOf(all.slice(0, 4)))
    for (const entry of all.slice(4)) dashboard.hear(entry)
    await vi.advanceTimersByTimeAsync(10)
    expect(told()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(screen.getByRole("region", { name: /^Attempt 2/u })).toBeDefined()
  })

  it("leaves log and diff alone under who reads them, whatever else happens", async () => {
    const all = ledger(...facts)
    await open(detailOf(all.slice(0, 7)))
    const read = () => {
      const parts = [...document.querySelectorAll("section.ansi, section.ansi .line, figure:first-of-type :is(tr, code)")]
      return parts.map((part) => ({ part, text: part.firstChild }))
    }
    const there = () => ["section.ansi", ".line", "tr", ".hl > [class^='hl-']"].map((one) => document.querySelector(one) !== null)
    await vi.waitFor(() => expect(there()).toEqual([true, true, true, true]))
    const before = read()
    for (const entry of all.slice(7)) dashboard.hear(entry)
    await vi.advanceTimersByTimeAsync(10)
    expect(told().at(-1)).toBe(8)
    expect(before.filter(({ part, text }) => !part.isConnected || part.firstChild !== text)).toEqual([])
  })

  describe("of what is remembered", () => {
    const written = (outcome: string | null) => [{ attempt: 1, told: "rejected", outcome, at: "2026-11-23T04:00:00.000Z" }] as const
    const memory = () => screen.getByRole("region", { name: "Memory" }).textContent

    it("looks until it is written down, for the ledger does not say so", async () => {
      remembered = () => Promise.resolve(written(null))
      await open(detailOf(ledger(...facts)))
      expect(memory()).toContain("is being written down")
      remembered = () => Promise.reject(new TypeError("no connection"))
      await vi.advanceTimersByTimeAsync(3_000)
      remembered = () => Promise.resolve(written("remembered"))
      await vi.advanceTimersByTimeAsync(10_000)
      expect(memory()).not.toContain("is being written down")
      const before = asked
      await vi.advanceTimersByTimeAsync(120_000)
      expect(asked).toBe(before)
    })

    it("asks when an attempt has ended, and keeps no older answer that comes later", async () => {
      const all = ledger(...facts)
      await open(detailOf(all.slice(0, 4)))
      const before = asked
      const late = Promise.withResolvers<RunMemory["remembered"]>()
      remembered = () => late.promise
      for (const entry of all.slice(4, 7)) dashboard.hear(entry)
      await vi.advanceTimersByTimeAsync(10)
      remembered = () => Promise.resolve(written("remembered"))
      for (const entry of all.slice(7)) dashboard.hear(entry)
      await vi.advanceTimersByTimeAsync(10)
      late.resolve([])
      await vi.advanceTimersByTimeAsync(10)
      expect([asked - before, memory()]).toEqual([2, expect.stringContaining("Attempt 1")])
    })
  })

  it("shows an entry's JSON when asked for, and only then", async () => {
    await open(detailOf(ledger(failed)))
    expect(screen.queryByText(/"workflowRunId"/u)).toBeNull()
    await fireEvent.click(screen.getByRole("button", { name: /#1 ci-failed: its JSON/u }))
    expect(screen.getByText(/"workflowRunId": 1/u)).toBeDefined()
  })

  it("says why a fix waits for a person", async () => {
    await open(detailOf(ledger(...waiting)))
    expect(screen.getByRole("region", { name: "Why it waits for a person" }).textContent).toContain("the branch belongs to a fork")
    expect(screen.getByRole("region", { name: "It waits for you" })).toBeDefined()
  })

  it("says what comes of a fix that nobody decides about, and when", async () => {
    vi.setSystemTime("2026-11-23T04:00:00.000Z")
    await open({ ...detailOf(ledger(...waiting)), deadlineAt: "2026-11-30T03:30:00.000Z" })
    expect(screen.getByText("If nobody decides within 6 d 23 h, the run ends and is handed over with its patch.")).toBeDefined()
  })

  it("tells once how it was found what to undo", async () => {
    const culprit = { goodCommit: "3".repeat(40), hunks: 1, reverted: 1, sandboxRuns: 6 }
    const told = "Undoes 1 of the 1 change; found by 6 runs in the sandbox."
    const proposal = { strategy: "revert", patch, explanation: told, confidence: 0.9, culprit } as const
    await open(detailOf(ledger(failed, attempt(1), { type: "fix-proposed", data: { attempt: 1, proposal } })))
    const text = screen.getByRole("region", { name: /^Attempt 1/u }).textContent
    expect([text?.includes("one place changed; it is undone"), text?.includes("Undoes 1 of")]).toEqual([true, false])
  })

  it("leads from a run that was left to another to that one, and does not say that it healed", async () => {
    const other = `run_${"2".padStart(24, "0")}`
    await open(detailOf(ledger(failed, { type: "skipped", data: { why: "another run heals the same failure", duplicateOf: other } })))
    expect(screen.getByRole("link", { name: "Go to that run" }).getAttribute("href")).toBe(`/runs/${other}`)
    expect(screen.getByText(/^Not healed: another run heals the same failure\./u)).toBeDefined()
  })

  it("makes no link of what is no web address", async () => {
    const hostile = { ...opened, data: { pullRequest: { ...opened.data.pullRequest, url: "javascript:alert(1)" } } }
    await open(detailOf(ledger(...facts, delivering(2), hostile)))
    expect(screen.getByText("Pull request #7", { selector: "b" })).toBeDefined()
    expect(document.querySelector("a[href^='javascript:']")).toBeNull()
  })

  it("says that a run was accepted and has not begun", async () => {
    await open(detailOf([]))
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("CI › test failed")
    expect(screen.getByText(/Healing begins in a moment/u)).toBeDefined()
  })

  it("asks again by itself when the live line is back", async () => {
    dashboard.connection = { is: "lost", since: 0 }
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no connection")))
    await open(undefined)
    expect(screen.getByRole("alert").textContent).toContain("cannot be reached")
    answering()
    detail = detailOf(ledger(failed))
    dashboard.connection = { is: "live" }
    await vi.advanceTimersByTimeAsync(10)
    expect(told()).toEqual([1])
  })

  it("says that there is no such run", async () => {
    await open(undefined)
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("There is no such run")
  })
})
