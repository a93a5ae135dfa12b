import { render, screen } from "@testing-library/svelte"
import { expect, it } from "vitest"
import { runs, summary } from "../metrics/metrics.suite.ts"
import Counters from "./Counters.svelte"
import { Counters as Figures } from "./counters.svelte.ts"

const shown = () =>
  screen.getAllByRole("link").map((link) => [link.getAttribute("href"), ...[...link.children].map(({ textContent }) => textContent)])

it("leads from each figure to as much as it says", () => {
  render(Counters, {
    summary: summary({ open: 5, byStatus: runs({ queued: 1, running: 4, fixed: 2, resolved: 6, escalated: 3 }) }),
    waiting: 1,
  })
  expect(shown().slice(0, 4)).toEqual([
    ["/?status=waiting", "1", "needs approval"],
    ["/?status=running", "4", "running now"],
    ["/metrics", "8", "fixed, 30 days"],
    ["/metrics", "3", "escalated"],
  ])
})

it("keeps the figures that were asked for last, whichever come last, and what it has when they do not come", async () => {
  const [slow, quick, away] = [0, 1, 2].map(() => Promise.withResolvers<ReturnType<typeof summary>>())
  const left = [slow, quick, away]
  const counters = new Figures(async () => left.shift()?.promise ?? Promise.reject(new Error("asked too often")))
  const loads = [counters.load(), counters.load()]
  quick?.resolve(summary({ total: 2 }))
  await loads[1]
  slow?.resolve(summary({ total: 1 }))
  await loads[0]
  expect(counters.summary?.total).toBe(2)
  const failing = counters.load()
  away?.reject(new Error("away"))
  await failing
  expect(counters.summary?.total).toBe(2)
})
