import { describe, expect, it } from "vitest"
import type { LiveEntry } from "../live/follow.ts"
import { at, makeTelling } from "../live/told.suite.ts"
import { type Row, rowAfter, rowOf } from "./row.ts"

const fold = (entries: ReadonlyArray<LiveEntry>, row?: Row) => entries.reduce<Row | undefined>(rowAfter, row)
const life = () => {
  const told = makeTelling()
  return [
    told.failed("r"),
    told.fetching("r"),
    told.diagnosed("r", 0.25),
    told.attempt("r", 1),
    told.attempt("r", 2),
    told.delivering("r"),
    told.opened("r"),
  ]
}

describe("a row of the list", () => {
  it("is what its ledger says, from the first entry on", () => {
    expect(fold(life())?.summary).toEqual({
      ...{ runId: "r", seq: 7, repository: "acme/web", branch: "main", commitSha: "a".repeat(40), title: "CI › test failed" },
      ...{
        status: "fixed",
        phase: "fixed",
        signature: null,
        failure: "3 is not 4",
        kind: "test",
        attempt: 2,
        maxAttempts: 3,
        strategy: "model",
      },
      ...{ pullRequestUrl: "https://forge.test/acme/web/pull/7", costUsd: 0.25 },
      ...{ createdAt: at, updatedAt: at, stoppedAt: at, deadlineAt: null },
    })
  })

  it("goes on from any summary of the api to the same end, whatever of the ledger the summary knows already", () => {
    const entries = life()
    const end = fold(entries)?.summary
    for (let known = 1; known <= entries.length; known += 1) {
      const told = fold(entries.slice(0, known))
      expect(told && fold(entries, rowOf(told.summary))?.summary).toEqual(end)
    }
  })

  it("is named by its log's first error until it is diagnosed, however little of it the list was told", () => {
    const told = makeTelling()
    const entries = [told.failed("r"), told.fetched("r", "ok 1\nnot ok 2 - adds", 1), told.fetching("r")]
    const row = fold(entries)
    expect(row?.summary).toMatchObject({ failure: "not ok 2 - adds", kind: null })
    const later = row && fold([told.fetching("r")], rowOf(row.summary))
    expect(later?.summary).toMatchObject({ failure: "not ok 2 - adds", kind: null })
    expect(rowAfter(later, told.diagnosed("r"))?.summary).toMatchObject({ failure: "3 is not 4", kind: "test" })
  })

  it("does not begin in the middle of a ledger", () => expect(fold(life().slice(1))).toBeUndefined())

  it("keeps the moment at which it first stopped", () => {
    const told = makeTelling()
    const fixed = fold([told.failed("r"), told.delivering("r"), told.opened("r")])
    const later = { ...told.aborted("r"), at: "2026-11-23T13:00:00.000Z" }
    expect(rowAfter(fixed, later)?.summary).toMatchObject({ status: "aborted", stoppedAt: at, updatedAt: later.at })
  })

  it("stays as it is at a fact that this page does not know", () => {
    const row = fold(life().slice(0, 2))
    const unknown: LiveEntry = JSON.parse(JSON.stringify({ ...life()[2], type: "teleported", data: {} }))
    expect(rowAfter(row, unknown)?.summary).toMatchObject({ phase: "fetching", seq: 3 })
  })
})
