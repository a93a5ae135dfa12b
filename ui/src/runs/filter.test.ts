import { describe, expect, it } from "vitest"
import { makeTelling } from "../live/told.suite.ts"
import { apiPathOf, type Filter, filterOf, hrefOf, isFiltered } from "./filter.ts"
import { rowAfter } from "./row.ts"
import { takes } from "./takes.ts"

const all: Filter = { status: "", repository: "", text: "", page: 1 }

describe("the address of the list", () => {
  it.each([
    ["", all],
    ["status=fixed&page=3", { ...all, status: "fixed", page: 3 }],
    ["status=waiting&repository=acme%2Fweb&text=a%26b", { ...all, status: "waiting", repository: "acme/web", text: "a&b" }],
  ] as const)("means and is written as %j", (query, filter) => {
    expect(filterOf(new URLSearchParams(query))).toEqual(filter)
    expect(filterOf(new URL(hrefOf(filter), "http://x").searchParams)).toEqual(filter)
  })

  it.each(["status=broken", "page=0", "page=-1", "page=1.5", "page=x", "page=99999999", "other=1"])(
    "leaves out what makes no sense: %s",
    (query) => expect(filterOf(new URLSearchParams(query))).toEqual(all),
  )
  it("is the shortest that means it", () => expect(hrefOf(all)).toBe("/"))
  it("never asks for a longer text than the api takes", () =>
    expect(filterOf(new URLSearchParams({ text: "x".repeat(500) })).text.length).toBe(200))
  it("asks the api for a phase where the status is finer than its own", () => {
    expect(apiPathOf({ ...all, status: "waiting" }, 50)).toBe("/v1/ci-healing/runs?page=1&pageSize=50&phase=awaiting-approval")
    expect(apiPathOf({ ...all, text: "a b", page: 2 }, 50)).toBe("/v1/ci-healing/runs?page=2&pageSize=50&text=a+b")
  })
  it("knows whether it filters at all", () =>
    expect([all, { ...all, page: 2 }, { ...all, text: "a" }].map(isFiltered)).toEqual([false, false, true]))
})

describe("a run", () => {
  const run = rowAfter(undefined, makeTelling().failed("run_1", "acme/Web"))?.summary
  it.each([
    [{}, true],
    [{ status: "queued" }, true],
    [{ status: "running" }, false],
    [{ status: "waiting" }, false],
    [{ repository: "ACME/web" }, true],
    [{ repository: "acme" }, false],
    [{ text: "TEST FAILED" }, true],
    [{ text: "main" }, true],
    [{ text: "run_1" }, true],
    [{ text: "nowhere" }, false],
    [{ status: "queued", text: "nowhere" }, false],
  ] as const)("is taken by %j: %j", (part, taken) => expect(run && takes({ ...all, ...part }, run)).toBe(taken))
})
