import type { RunSummary } from "@ci-fix-pilot/contract/run-view"
import { render, screen } from "@testing-library/svelte"
import { describe, expect, it } from "vitest"
import { makeTelling } from "../live/told.suite.ts"
import RunRow from "./RunRow.svelte"
import { rowAfter } from "./row.ts"

const row = rowAfter(undefined, makeTelling().failed("run_1"))
if (row === undefined) throw new Error("a first entry makes a run")
const fixed: RunSummary = {
  ...row.summary,
  ...{
    status: "fixed",
    phase: "fixed",
    failure: "3 is not 4",
    kind: "test",
    attempt: 2,
    maxAttempts: 3,
    strategy: "replay",
    costUsd: 0.25,
  },
  ...{ pullRequestUrl: "https://forge.test/acme/web/pull/7", stoppedAt: "2026-11-23T12:03:05.000Z" },
}
const show = (part: Partial<RunSummary> = {}) => render(RunRow, { run: { ...fixed, ...part } })
const words = () => screen.getByRole("listitem").textContent?.replaceAll(/\s+/gu, " ") ?? ""

describe("a run of the list", () => {
  it("tells its story in one row", () => {
    show()
    expect(words()).toMatch(
      /Fixed 3 is not 4 test acme\/web main aaaaaaa CI › test failed attempt 2 of 3 replay a known fix .*healed in 3 min 5 s \$0\.25 PR #7/u,
    )
    expect(screen.getByRole("link", { name: "3 is not 4" }).getAttribute("href")).toBe("/runs/run_1")
    expect(screen.getByRole("link", { name: /PR #7/u }).getAttribute("href")).toBe("https://forge.test/acme/web/pull/7")
  })

  it("asks for the person it waits for", () => {
    show({ status: "running", phase: "awaiting-approval", pullRequestUrl: null, stoppedAt: null })
    expect(words()).toMatch(/Needs approval .*Review/u)
  })

  it("says how far a run at work has come, in words too", () => {
    show({ status: "running", phase: "validating", pullRequestUrl: null, stoppedAt: null })
    expect(words()).toContain("Proving the fix")
  })

  it("is known by its title until it is diagnosed", () => {
    show({ status: "queued", phase: "queued", failure: null, attempt: 0, strategy: null, pullRequestUrl: null, stoppedAt: null })
    expect(screen.getByRole("link", { name: "CI › test failed" })).toBeTruthy()
    expect(words()).toContain("no attempt")
  })

  it.each(["javascript:alert(1)", "data:text/html,<script>alert(1)</script>"])("never leads to %s", (pullRequestUrl) => {
    show({ pullRequestUrl })
    expect(screen.getAllByRole("link").map((link) => link.getAttribute("href"))).toEqual(["/runs/run_1"])
  })

  it("shows what strangers wrote as text", () => {
    const hostile = `<img src=x onerror="alert(1)">{{7*7}}<script>alert(1)</script>`
    const { container } = show({ failure: hostile, title: hostile, branch: hostile, repository: hostile })
    expect(container.querySelectorAll("img, script").length).toBe(0)
    expect(screen.getAllByRole("link")[0]?.textContent).toBe(hostile)
  })
})
