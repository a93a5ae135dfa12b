import type { RepositoryTotals } from "@ci-fix-pilot/contract/metrics-view"
import { describe, expect, it } from "vitest"
import { sumOf } from "./ends.ts"
import { clicked, sorted, sortingOf } from "./sort-repositories.ts"

const totals = (repository: string, total: number, fixRate: number | null): RepositoryTotals => ({
  repository,
  total,
  open: 0,
  byStatus: sumOf([]),
  fixRate,
  secondsToFix: { p50: null, p95: null },
  costUsd: 0,
  lastRunAt: "2026-11-23T00:00:00.000Z",
})
const items = [totals("b/two", 5, null), totals("A/one", 5, 0.2), totals("c/three", 9, 0.9)]
const namesBy = (query: string) => sorted(items, sortingOf(new URLSearchParams(query))).map(({ repository }) => repository)

describe("repositories in order", () => {
  it.each([
    ["", ["c/three", "A/one", "b/two"], "the busiest first, equals by name"],
    ["sort=-runs", ["A/one", "b/two", "c/three"], "the quietest first"],
    ["sort=repository", ["A/one", "b/two", "c/three"], "by name, whatever its case"],
    ["sort=-repository", ["c/three", "b/two", "A/one"], "by name backwards"],
    ["sort=success", ["c/three", "A/one", "b/two"], "the best first, those without a figure last"],
    ["sort=-success", ["A/one", "c/three", "b/two"], "the worst first, those without a figure last all the same"],
    ["sort=toString", ["c/three", "A/one", "b/two"], "as usual when the address asks for nonsense"],
  ])("%s", (query, names, _why) => expect(namesBy(query)).toEqual(names))

  it("a click asks for a column, a second one for the other way round, a third one as at first", () => {
    const first = clicked("cost", sortingOf(new URLSearchParams()))
    const second = clicked("cost", sortingOf(new URLSearchParams({ sort: first })))
    expect([first, second, clicked("cost", sortingOf(new URLSearchParams({ sort: second })))]).toEqual(["cost", "-cost", "cost"])
  })
  it("names begin with a", () => {
    const first = clicked("repository", sortingOf(new URLSearchParams()))
    expect([first, clicked("repository", sortingOf(new URLSearchParams({ sort: first })))]).toEqual(["repository", "-repository"])
  })
})
