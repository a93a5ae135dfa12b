import type { System } from "@ci-fix-pilot/contract/system-view"
import { fireEvent, render, screen, within } from "@testing-library/svelte"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { dashboard } from "../dashboard.svelte.ts"
import SystemPage from "./SystemPage.svelte"
import { backlogWith, letter, services, system } from "./system.suite.ts"

type Answer = { readonly status?: number; readonly body: unknown } | "away"
const asked: Array<{ readonly path: string; readonly method: string; readonly key: unknown }> = []
let answerOf: (path: string) => Answer

const answer = (path: string, method: string, key: unknown) => {
  asked.push({ path, method, key })
  const found = answerOf(path)
  if (found === "away") return Promise.reject(new TypeError("no connection"))
  const { status = 200, body } = found
  return Promise.resolve({ ok: status < 300, status, json: () => Promise.resolve(body) })
}

/** The clock stands still until a test moves it; so do the page's looks at the system. */
beforeEach(() => {
  vi.useFakeTimers()
  asked.length = 0
  vi.stubGlobal("fetch", (path: string, options?: RequestInit) =>
    answer(path, options?.method ?? "GET", new Headers(options?.headers).get("idempotency-key")),
  )
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const open = async (shown: System) => {
  answerOf = () => ({ body: shown })
  render(SystemPage)
  await vi.advanceTimersByTimeAsync(1)
}

describe("the page of the system", () => {
  it("says that all is well", async () => {
    await open(system())
    expect(screen.getByRole("region", { name: "What is wrong" }).textContent).toContain("All 8 services answer")
  })

  it("says on top what is wrong, and for how long", async () => {
    await open(system({ services: services({ service: "memory", answers: false }) }))
    await vi.advanceTimersByTimeAsync(12_000)
    expect(screen.getByRole("region", { name: "What is wrong" }).textContent).toMatch(
      /memory does not answer, for 1[0-2] s now:\s+recalls wait/u,
    )
  })

  it("keeps the last picture when the api is away, and says how old it is, until it is back", async () => {
    await open(system())
    answerOf = () => "away"
    await vi.advanceTimersByTimeAsync(21_000)
    expect(screen.getByRole("alert").textContent).toMatch(/how it was\s(19|2\d) s ago, not how it is.*cannot be reached/su)
    expect(screen.getByRole("heading", { name: "planner" })).toBeDefined()
    answerOf = () => ({ body: system() })
    await vi.advanceTimersByTimeAsync(6_000)
    expect(screen.queryByRole("alert")).toBeNull()
  })

  it("says why there is no picture at all, and tries again on demand", async () => {
    answerOf = () => ({ status: 503, body: { error: { code: "unavailable", message: "the database is away" } } })
    render(SystemPage)
    await vi.advanceTimersByTimeAsync(1)
    expect(screen.getByRole("alert").textContent).toContain("its database is away")
    answerOf = () => ({ body: system() })
    await fireEvent.click(screen.getByRole("button", { name: "Try again" }))
    await vi.advanceTimersByTimeAsync(1)
    expect(screen.getByRole("heading", { name: "Services" })).toBeDefined()
  })

  it("shows the rest while the database is away", async () => {
    const streams = [{ name: "COMMANDS", messages: 2, durables: [{ durable: "ai-diagnose", waiting: 2, unacked: 0 }] }]
    await open(system({ backlog: null, database: null, bus: { connected: true, streams } }))
    expect(screen.getByRole("region", { name: "What is wrong" }).textContent).toContain("The database is away")
    expect(screen.getByRole("region", { name: "Broker and database" }).textContent).toMatch(/Broker connected.*Database is away/su)
    expect(screen.getByRole("region", { name: "Commands that wait" }).textContent).toContain("2 not taken yet")
    expect(screen.getByRole("heading", { name: "planner" })).toBeDefined()
  })

  it("looks again once it is live: the picture of before does not count this page", async () => {
    dashboard.connection = { is: "connecting" }
    await open(system({ streamClients: 0 }))
    answerOf = () => ({ body: system({ streamClients: 1 }) })
    dashboard.connection = { is: "live" }
    await vi.advanceTimersByTimeAsync(1)
    expect([screen.getByText("1 page or program").tagName, asked.length]).toEqual(["DD", 2])
  })

  it("shows of a secret only whether it is set", async () => {
    await open(system())
    const rowOf = (name: string) => screen.getByText(name).closest("div")?.textContent?.replaceAll(/\s+/gu, " ").trim()
    expect(rowOf("GITHUB_TOKEN")).toBe("GITHUB_TOKEN set (secret)")
    expect(rowOf("PORT")).toBe("PORT 3000")
    const left = within(screen.getByRole("list", { name: "Not set", hidden: true })).getAllByRole("listitem", { hidden: true })
    expect(left.map(({ textContent }) => textContent?.replaceAll(/\s+/gu, " ").trim())).toEqual([
      "OPENAI_API_KEY (secret)",
      "CI_HEALING_MAX_ATTEMPTS",
    ])
  })
})

describe("a dead letter", () => {
  const sendAgain = async () => {
    await fireEvent.click(screen.getByRole("button", { name: "Send again …" }))
    const question = screen.getByRole("dialog")
    expect(within(question).getByRole("heading").textContent).toBe("Send this message again?")
    await fireEvent.click(within(question).getByRole("button", { name: "Send again" }))
    await vi.advanceTimersByTimeAsync(1)
  }
  const path = "/v1/ci-healing/system/dead-letters/letter-1/actions/resend"
  const posted = () => asked.filter(({ method }) => method === "POST").map((one) => one.path)

  it("says why, of which run, and its message as text", async () => {
    await open(system({ backlog: backlogWith(letter) }))
    expect(screen.getByText("it does not fit its schema")).toBeDefined()
    expect(screen.getByRole("link", { name: "its run" }).getAttribute("href")).toBe("/runs/run_3d05408e1f54fe02d9958bee")
    expect(screen.getByText(/onerror/u).tagName).toBe("PRE")
    expect(document.querySelector("img")).toBeNull()
  })

  it("is sent again only after a question, and says what came of it", async () => {
    await open(system({ backlog: backlogWith(letter) }))
    expect(posted()).toEqual([])
    const resent = { at: "2026-11-23T04:00:00.000Z", by: "ada", result: "applied" } as const
    answerOf = (asked) => ({ body: asked === path ? resent : system({ backlog: backlogWith({ ...letter, resent }) }) })
    await sendAgain()
    expect(posted()).toEqual([path])
    expect(asked.find(({ method }) => method === "POST")?.key).toMatch(/^[0-9a-f]{32}$/u)
    expect(screen.getByText(/Sent again, and applied\./u)).toBeDefined()
    expect(screen.queryByRole("button", { name: "Send again …" })).toBeNull()
  })

  it("keeps the focus near when it cannot be sent again any more", async () => {
    await open(system({ backlog: backlogWith(letter) }))
    screen.getByRole("button", { name: "Send again …" }).focus()
    const resent = { at: "2026-11-23T04:00:00.000Z", by: "ada", result: "applied" } as const
    answerOf = () => ({ body: system({ backlog: backlogWith({ ...letter, resent }) }) })
    await vi.advanceTimersByTimeAsync(6_000)
    expect(document.activeElement?.textContent).toContain("Sent again, and applied.")
  })

  it("is not sent when the question is answered with no", async () => {
    await open(system({ backlog: backlogWith(letter) }))
    await fireEvent.click(screen.getByRole("button", { name: "Send again …" }))
    await fireEvent.click(screen.getByRole("button", { name: "Cancel" }))
    expect(posted()).toEqual([])
  })

  it("says that it was not sent when the api refuses, and is the same sending when it is tried again", async () => {
    await open(system({ backlog: backlogWith(letter) }))
    const refused = { status: 422, body: { error: { code: "invalid", message: "the message cannot be read" } } }
    answerOf = (asked) => (asked === path ? refused : { body: system({ backlog: backlogWith(letter) }) })
    await sendAgain()
    expect(screen.getByText(/Not sent\. The server says: the message cannot be read\./u)).toBeDefined()
    await sendAgain()
    const keys = asked.filter(({ method }) => method === "POST").map(({ key }) => key)
    expect([keys.length, new Set(keys).size]).toEqual([2, 1])
  })

  it("may have been sent when no answer came, and the next picture knows", async () => {
    await open(system({ backlog: backlogWith(letter) }))
    for (const lost of ["away", { status: 503, body: { error: { code: "unavailable", message: "try again" } } }] as const) {
      answerOf = (asked) => (asked === path ? lost : { body: system({ backlog: backlogWith(letter) }) })
      await sendAgain()
      expect(screen.queryByText(/Not sent/u)).toBeNull()
      expect(screen.getByText(/not known whether it was sent\. Send it again: it will be done once\./u)).toBeDefined()
    }
    const resent = { at: "2026-11-23T04:00:00.000Z", by: "ada", result: "applied" } as const
    answerOf = () => ({ body: system({ backlog: backlogWith({ ...letter, resent }) }) })
    await vi.advanceTimersByTimeAsync(6_000)
    expect(screen.getByText(/Sent again, and applied\./u)).toBeDefined()
    expect(screen.queryByText(/not known/u)).toBeNull()
  })

  it("that was sent before and is now refused says so, until a newer sending is known", async () => {
    const resentAt = (at: string) => ({ at, by: "ada", result: "conflict" }) as const
    const before = { ...letter, resent: resentAt("2026-11-23T03:30:00.000Z") }
    await open(system({ backlog: backlogWith(before) }))
    const refused = { status: 422, body: { error: { code: "invalid", message: "the message cannot be read" } } }
    answerOf = (asked) => (asked === path ? refused : { body: system({ backlog: backlogWith(before) }) })
    await sendAgain()
    expect(screen.getByText(/Not sent\./u)).toBeDefined()
    const newer = { ...letter, resent: resentAt("2026-11-23T04:30:00.000Z") }
    answerOf = () => ({ body: system({ backlog: backlogWith(newer) }) })
    await vi.advanceTimersByTimeAsync(6_000)
    expect(screen.queryByText(/Not sent\./u)).toBeNull()
    expect(screen.getByText(/The run does not allow it any more/u)).toBeDefined()
  })

  it("that cannot be read cannot be sent", async () => {
    await open(system({ backlog: backlogWith({ ...letter, runId: null, type: null, resendable: false }) }))
    expect(screen.queryByRole("button", { name: "Send again …" })).toBeNull()
    expect(screen.getByText(/It cannot be sent again/u)).toBeDefined()
  })
})
