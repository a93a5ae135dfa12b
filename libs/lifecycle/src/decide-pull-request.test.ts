import { describe, expect, it } from "vitest"
import { answered, gaveUp, given, heard } from "./sentences.suite.ts"
import * as at from "./stories.suite.ts"

const checks = (conclusion: "pending" | "success" | "failure", headSha = at.pullRequest.headSha) =>
  ({ type: "pull-request-checks", data: { number: 1, headSha, conclusion } }) as const

describe("a merged pull request", () => {
  it("resolves its run, and its fix is remembered as merged", () => {
    given(...at.fixed)
      .when(at.merged)
      .then("pull-request-merged", "resolved")
      .saying({ how: "merged", by: "ada" })
      .asking("memory.remember", "github.close-pull-request", "notifier.notify")
      .sending({ outcome: "merged" })
    given(...at.merging)
      .when({ type: "pull-request-merged", data: {} })
      .then("pull-request-merged", "resolved")
      .saying({ how: "merged" })
  })

  it("leaves no branch behind, whoever merged it and whoever told of it first", () => {
    const tidied = { target: at.target, reason: "it is merged" }
    for (const merged of [
      heard(at.merged),
      answered(at.merged, "github.merge-pull-request"),
      answered(at.merged, "github.check-pull-request"),
    ])
      for (const ledger of [at.delivering, at.fixed, at.merging])
        given(...ledger)
          .when(merged)
          .sending(tidied)
  })

  it("was merged by who approved it, where our own hands did it: whether they say so or GitHub says it before them", () => {
    const byUs = { type: "pull-request-merged", data: { number: 1, by: at.ourLogin } } as const
    const byGrace = { number: 1, by: "grace" }
    for (const merged of [heard(byUs), answered(byUs, "github.merge-pull-request"), answered(byUs, "github.check-pull-request")])
      given(...at.approved)
        .when(merged)
        .then("pull-request-merged", "resolved")
        .saying(byGrace)
        .saying({ how: "merged", by: "grace" })
    given(...at.approved)
      .when({ type: "pull-request-merged", data: { number: 1 } })
      .saying({ how: "merged", by: "grace" })
  })

  it("was merged by who approved it also where we never learned that it had worked", () => {
    given(...at.approved, { type: "merge-refused", data: { why: "no answer came in time" } })
      .when({ type: "pull-request-merged", data: { number: 1, by: at.ourLogin } })
      .saying({ how: "merged", by: "grace" })
  })

  it("was merged by whoever did it on GitHub meanwhile, whoever had approved it", () => {
    given(...at.approved)
      .when(at.merged)
      .saying({ how: "merged", by: "ada" })
    given(...at.approved, { type: "merge-refused", data: { why: "conflicts" } })
      .when({ type: "pull-request-merged", data: { number: 1 } })
      .saying({ how: "merged" })
  })

  it("was merged by ourselves where nobody had to approve it", () => {
    given(...at.merging)
      .when({ type: "pull-request-merged", data: { number: 1, by: at.ourLogin } })
      .saying({ how: "merged", by: at.ourLogin })
  })

  it("was merged by who approved it where it is not known who opened it", () => {
    const { author: _, ...unsigned } = at.pullRequest
    const opened = { type: "pull-request-opened", data: { pullRequest: unsigned } } as const
    given(...at.delivering, opened, at.approvedMerge)
      .when({ type: "pull-request-merged", data: { number: 1, by: at.ourLogin } })
      .saying({ how: "merged", by: "grace" })
  })

  it("may be known before it was known to be open, and its address is kept", () => {
    const told = given(...at.delivering).when({ type: "pull-request-merged", data: { ...at.merged.data, pullRequest: at.pullRequest } })
    told.then("pull-request-merged", "resolved").sending({ outcome: "merged", pullRequestUrl: at.pullRequest.url })
    expect(told.run?.pullRequest).toEqual({ ...at.pullRequest, state: "merged" })
    given(...at.delivering)
      .when(at.merged)
      .then("pull-request-merged", "resolved")
  })

  it("stays the one that was opened, whatever a webhook says of it later", () => {
    const other = { ...at.pullRequest, number: 9, url: "https://forge.test/9" }
    const told = given(...at.fixed).when({ type: "pull-request-merged", data: { number: 1, pullRequest: other } })
    expect(told.run?.pullRequest).toEqual({ ...at.pullRequest, state: "merged" })
  })

  it("is merged once, however often it is told", () => {
    given(...at.resolved)
      .when(at.merged)
      .nothing()
  })

  it("of a run that ended otherwise is written down and changes nothing more", () => {
    given(...at.fixed, at.escalated)
      .when(at.merged)
      .then("pull-request-merged")
      .asking()
  })

  it("cannot be of a run that never asked for one", () => {
    given(...at.validating)
      .when(at.merged)
      .nothing()
  })
})

describe("a closed pull request", () => {
  it("is a person's no: the run goes to a person, the fix is remembered as rejected", () => {
    given(...at.fixed)
      .when(at.closed)
      .then("pull-request-closed", "escalated")
      .telling(/closed by ada without merging/)
      .sending({ outcome: "rejected" })
      .sending({ kind: "pull-request-closed" })
    given(...at.fixed)
      .when({ type: "pull-request-closed", data: {} })
      .telling(/closed without merging/)
  })

  it("may be our own doing while it is delivered: the answer will say", () => {
    given(...at.delivering)
      .when(at.closed)
      .nothing()
  })

  it("is closed once, however often it is told", () => {
    given(...at.fixed, at.closed, at.escalated)
      .when(at.closed)
      .nothing()
  })

  it("is written down where we closed it ourselves after the run's end", () => {
    given(...at.fixed, at.escalated)
      .when({ type: "pull-request-closed", data: { number: 1 } })
      .then("pull-request-closed")
  })

  it("cannot be of a run that has none", () => {
    given(...at.delivering, at.escalated)
      .when({ type: "pull-request-closed", data: {} })
      .nothing()
  })
})

describe("its checks", () => {
  it("are written down when they change", () => {
    given(...at.fixed)
      .when(checks("pending"))
      .then("pull-request-checks")
      .asking()
    given(...at.fixed, checks("success"))
      .when(checks("success"))
      .nothing()
  })

  it("of another commit than the proven one say nothing about it", () => {
    given(...at.fixed)
      .when(checks("success", "e".repeat(40)))
      .nothing()
  })

  it("of no pull request say nothing", () => {
    given(...at.delivering)
      .when(checks("success"))
      .nothing()
  })

  it("that are green in one workflow make us ask about all of them, only without safe mode", () => {
    given(...at.fixed)
      .when(checks("success"))
      .then("pull-request-checks")
      .asking()
    given(...at.fixed)
      .under({ safeMode: false })
      .when(checks("success"))
      .then("pull-request-checks")
      .asking("github.check-pull-request")
  })

  it("that are all green merge it only without safe mode, also when they were seen before", () => {
    const allGreen = answered(checks("success"), "github.check-pull-request")
    given(...at.fixed)
      .when(allGreen)
      .then("pull-request-checks")
    given(...at.fixed)
      .under({ safeMode: false })
      .when(allGreen)
      .then("pull-request-checks", "merge-started")
    given(...at.fixed, checks("success"))
      .under({ safeMode: false })
      .when(allGreen)
      .then("merge-started")
      .asking("github.merge-pull-request")
  })

  it("that are all green do not repeat a merge that GitHub refused", () => {
    given(...at.merging, { type: "merge-refused", data: { why: "a review is required" } })
      .under({ safeMode: false })
      .when(answered(checks("success"), "github.check-pull-request"))
      .then("pull-request-checks")
  })

  it.each([
    ["that are red", at.fixed, "failure"],
    ["that run", at.fixed, "pending"],
    ["of one that is being merged", at.merging, "success"],
    ["of a run that ended", [...at.fixed, at.escalated], "success"],
  ] as const)("%s merge nothing", (_, ledger, conclusion) => {
    given(...ledger)
      .under({ safeMode: false })
      .when(checks(conclusion))
      .then("pull-request-checks")
      .asking()
  })
})

describe("a refused merge", () => {
  it("leaves the run fixed, to be merged another time", () => {
    given(...at.merging)
      .when({ type: "merge-refused", data: { why: "conflicts" } })
      .then("merge-refused")
  })

  it("that nobody asked for is not recorded", () => {
    given(...at.fixed)
      .when({ type: "merge-refused", data: { why: "conflicts" } })
      .nothing()
  })

  it("is also one that nobody could do", () => {
    given(...at.merging)
      .when(gaveUp("github.merge-pull-request"))
      .then("gave-up", "merge-refused")
      .saying({ why: "away" })
    given(...at.fixed)
      .when(gaveUp("github.merge-pull-request"))
      .then("gave-up")
  })
})
