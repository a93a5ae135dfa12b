import { render, screen } from "@testing-library/svelte"
import { afterEach, beforeEach, expect, it, vi } from "vitest"
import { makeApi } from "../api.ts"
import { actionsFor } from "./actions-for.ts"
import { fold } from "./fold-ledger.ts"
import { ledger, runId, waiting } from "./lives.suite.ts"
import ReviewOutcome from "./ReviewOutcome.svelte"
import { Review } from "./review.svelte.ts"

const entries = ledger(...waiting)
let answers: Array<Response>
let methods: Array<string | undefined>

beforeEach(() => {
  vi.useFakeTimers()
  methods = []
  vi.stubGlobal("fetch", async (_path: string, init?: RequestInit) => {
    methods.push(init?.method)
    return answers.shift() ?? Promise.reject(new TypeError("no connection"))
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const approve = () => {
  const run = fold(entries)
  const action = run && actionsFor(run, "grace").find(({ label }) => label === "Approve")
  if (action === undefined) throw new Error("there is nothing to approve")
  const api = makeApi({ csrf: () => null, renew: async () => false, onSignedOut: () => undefined })
  return new Review(api, runId, action, entries.length)
}

it("keeps asking what came of what was received, and asks nobody to send it again", async () => {
  answers = [
    Response.json({ result: "pending" }, { status: 202, headers: { location: "/v1/reviews/r1" } }),
    Response.json({ error: { code: "unavailable", message: "try again" } }, { status: 503 }),
  ]
  const review = approve()
  render(ReviewOutcome, { review, entries, onask: () => undefined })
  const sent = review.send({ note: "" })
  await vi.advanceTimersByTimeAsync(10)
  expect(screen.getByRole("status").textContent).toBe("Approve: on its way…")
  for (const why of [/database is away/u, /cannot be reached/u]) {
    await vi.advanceTimersByTimeAsync(1_000)
    expect(screen.getByRole("status").textContent).toMatch(/^Approve: it was received; what came of it is not known yet\./u)
    expect(screen.getByRole("status").textContent).toMatch(why)
  }
  expect([screen.queryByRole("alert"), screen.queryByRole("button")]).toEqual([null, null])
  answers = [Response.json({ result: "applied" })]
  await vi.advanceTimersByTimeAsync(1_000)
  await sent
  expect([screen.getByRole("status").textContent, methods.filter((method) => method === "POST").length]).toEqual(["Approve: done.", 1])
})

it("asks no more what came of it when nobody looks any more", async () => {
  const pending = () => Response.json({ result: "pending" }, { status: 202, headers: { location: "/v1/reviews/r1" } })
  answers = Array.from({ length: 100 }, pending)
  const review = approve()
  const sent = review.send({ note: "" })
  await vi.advanceTimersByTimeAsync(2_500)
  review.leave()
  await vi.advanceTimersByTimeAsync(60_000)
  await sent
  expect([methods.length, review.state.is]).toEqual([3, "following"])
})
