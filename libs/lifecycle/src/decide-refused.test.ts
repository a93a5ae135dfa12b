import { describe, expect, it } from "vitest"
import { isLeftOpen, mostCloseRefusals } from "./refusals.ts"
import { answered, gaveUp, given, heard, refusedForGood, runOf } from "./sentences.suite.ts"
import * as at from "./stories.suite.ts"

const denied = [...at.fixed, at.escalated]
const no = { type: "gave-up", data: { command: "github.close-pull-request", why: "GitHub forbids it", forGood: true } } as const
const away = { type: "gave-up", data: { command: "github.close-pull-request", why: "no answer came in time" } } as const
const times = (n: number, entry: typeof no | typeof away) => Array.from({ length: n }, () => entry)
const closing = refusedForGood("github.close-pull-request", "GitHub forbids it")
const checks = { type: "pull-request-checks", data: { number: 1, headSha: at.pullRequest.headSha, conclusion: "success" } } as const

describe("a pull request that GitHub does not let us close", () => {
  it("is a person's at once, who is told why", () => {
    given(...denied)
      .when(closing)
      .then("gave-up")
      .saying({ command: "github.close-pull-request", why: "GitHub forbids it", forGood: true })
      .asking("notifier.notify")
      .sending({
        kind: "run-escalated",
        pullRequestUrl: at.pullRequest.url,
        summary:
          "Pull request #1 is still open, and we may not close it: GitHub forbids it. Close it by hand; we ask again after ever longer.",
      })
  })

  it("is told of once, until nobody asks any more", () => {
    given(...denied, no)
      .when(closing)
      .then("gave-up")
      .asking()
    const last = given(...denied, ...times(mostCloseRefusals - 1, no)).when(closing)
    last.asking("notifier.notify").sending({
      summary: `Pull request #1 stays open: we were refused ${mostCloseRefusals} times (GitHub forbids it). Close it by hand; we do not ask again.`,
    })
    given(...denied, ...times(mostCloseRefusals, no))
      .when(closing)
      .asking()
  })

  it("is left open after so many refusals in a row, and not before", () => {
    expect(isLeftOpen(runOf([...denied, ...times(mostCloseRefusals - 1, no)]))).toBe(false)
    expect(isLeftOpen(runOf([...denied, ...times(mostCloseRefusals, no)]))).toBe(true)
  })

  it("is not left open while GitHub is only away, however long", () => {
    const outcome = given(...denied).when(gaveUp("github.close-pull-request"))
    outcome.then("gave-up").asking()
    expect(isLeftOpen(runOf([...denied, ...times(100, away)]))).toBe(false)
  })

  it("is nobody's business once it is closed, or where none is known", () => {
    given(...denied, at.closed)
      .when(closing)
      .then("gave-up")
      .asking()
    given(...at.delivering, at.escalated)
      .when(closing)
      .then("gave-up")
      .asking()
    expect(isLeftOpen(runOf([...denied, ...times(mostCloseRefusals, no), at.closed]))).toBe(false)
  })

  it("is no more ours to close because its checks are told", () => {
    for (const told of [heard(checks), answered(checks, "github.check-pull-request")]) {
      const ledger = [...denied, checks, no]
      given(...ledger)
        .when(told)
        .nothing()
      const after = given(...denied, no).when(told)
      after.then("pull-request-checks")
      expect(after.run?.refused).toEqual({ command: "github.close-pull-request", times: 1 })
    }
  })

  it("is asked for anew where it was another thing that was refused before", () => {
    const unseen = { type: "gave-up", data: { ...no.data, command: "github.check-pull-request" } } as const
    const asked = Array.from({ length: mostCloseRefusals }, () => unseen)
    expect(isLeftOpen(runOf([...at.fixed, ...asked, at.escalated]))).toBe(false)
    given(...at.fixed, ...asked, at.escalated)
      .when(closing)
      .asking("notifier.notify")
  })
})

describe("a pull request that GitHub does not let us see", () => {
  const unseen = { type: "gave-up", data: { ...no.data, command: "github.check-pull-request" } } as const

  it("is waited for on and on: a webhook may still tell", () => {
    given(...at.fixed)
      .when(refusedForGood("github.check-pull-request", "GitHub: not found"))
      .then("gave-up")
      .asking()
    expect(isLeftOpen(runOf([...at.fixed, ...Array.from({ length: 50 }, () => unseen)]))).toBe(false)
  })

  it("is seen again, which counts as news: from then on we ask as often as before", () => {
    given(...at.fixed, checks)
      .when(answered(checks, "github.check-pull-request"))
      .nothing()
    const seen = given(...at.fixed, checks, unseen).when(answered(checks, "github.check-pull-request"))
    seen.then("pull-request-checks")
    expect(runOf([...at.fixed, checks, unseen]).refused).toEqual({ command: "github.check-pull-request", times: 1 })
    expect(seen.run?.refused).toBeUndefined()
  })
})
