import { describe, expect, it } from "vitest"
import { delivery, diagnosis, proof, runId, sha, target } from "./delivery.suite.ts"
import { fixCommit, fixTitle } from "./fix-commit.ts"

const titled = (summary: string) => fixTitle({ ...diagnosis, summary })

describe("the title", () => {
  it("says what is fixed", () => {
    expect(fixTitle(diagnosis)).toBe("Fix failing test: The cart's total subtracts prices instead of adding...")
  })

  it.each([
    ["@octocat closes #12", "Fix failing test: octocat closes 12"],
    ["resolves GH-12", "Fix failing test: resolves GH 12"],
    ["fixes https://github.com/acme/shop/issues/1", "Fix failing test: fixes https github.com/acme/shop/issues/1"],
    ["oops [skip ci] ***NO_CI***", "Fix failing test: oops skip ci NO_CI"],
    ["line one\nskip-checks: true\r\nX: y", "Fix failing test: line one skip-checks: true X: y"],
    ["\u202E\u200B\u001B[31m", "Fix failing test"],
    ["日本語", "Fix failing test"],
    ["ends with dots...", "Fix failing test: ends with dots"],
  ])("of %j is %j", (summary, title) => {
    expect(titled(summary)).toBe(title)
  })

  it("has at most 72 characters", () => {
    expect(titled("word ".repeat(100)).length).toBeLessThanOrEqual(72)
    expect(titled("w".repeat(1_000)).length).toBeLessThanOrEqual(74)
  })
})

describe("the commit", () => {
  const { diagnosis: what, proof: shown } = delivery()
  const about = { runId, target, diagnosis: what, proof: shown, committedAt: "2026-01-02T03:04:05Z" }

  it("is a function of the run", () => {
    expect(fixCommit(about)).toEqual(fixCommit({ ...about, proof: proof() }))
    expect(fixCommit(about).author).toEqual({
      name: "ci-fix-pilot",
      email: "ci-fix-pilot@noreply.invalid",
      date: "2026-01-02T03:04:05Z",
    })
  })

  it("says which run it belongs to and what was proven", () => {
    const { message } = fixCommit(about)
    expect(message).toContain(`Ci-Fix-Pilot-Run: ${runId}`)
    expect(message).toContain(`Ci-Fix-Pilot-Patch: sha256:${shown.patchSha256}`)
    expect(message).toContain(sha("a"))
    expect(message.split("\n")[1]).toBe("")
  })
})
