import { render, screen } from "@testing-library/svelte"
import { expect, it } from "vitest"
import { runs, summary } from "../metrics/metrics.suite.ts"
import Counters from "./Counters.svelte"

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
