import { describe, expect, it } from "vitest"
import { answered, given, late } from "./sentences.suite.ts"
import * as at from "./stories.suite.ts"

const another = { number: 9, by: "ada" }

describe("a pull request that a person opened from our branch", () => {
  it("is not the run's: that it is merged or closed says nothing about ours", () => {
    for (const ledger of [at.fixed, at.merging, [...at.fixed, at.escalated]])
      for (const type of ["pull-request-merged", "pull-request-closed"] as const)
        given(...ledger)
          .when({ type, data: another })
          .nothing()
  })

  it("may be the one that our own hand tells of: its word is about all from that branch, so ours is no longer open", () => {
    for (const [type, state] of [
      ["pull-request-closed", "closed"],
      ["pull-request-merged", "merged"],
    ] as const) {
      const told = given(...at.fixed, at.escalated).when(answered({ type, data: another }, "github.close-pull-request"))
      told.then(type)
      expect(told.run?.pullRequest).toEqual({ ...at.pullRequest, state })
    }
  })

  it("is not told from ours where none is known yet, nor where the number is not said", () => {
    given(...at.delivering)
      .when({ type: "pull-request-merged", data: another })
      .then("pull-request-merged", "resolved")
    given(...at.fixed)
      .when({ type: "pull-request-closed", data: {} })
      .then("pull-request-closed", "escalated")
  })
})

describe("a pull request that was merged before whoever opened it could say so", () => {
  const merged = { type: "pull-request-merged", data: { number: 1, by: "ada", pullRequest: { ...at.pullRequest, adopted: true } } } as const

  it("resolves its run at once, with its address, when only that answer tells of the merge", () => {
    const told = given(...at.delivering).when(answered(merged, "github.open-pull-request"))
    told.then("pull-request-merged", "resolved").saying({ how: "merged", by: "ada" })
    expect(told.run?.phase).toBe("resolved")
    expect(told.run?.pullRequest).toEqual({ ...at.pullRequest, adopted: true, state: "merged" })
    told.sending({ kind: "pull-request-merged", pullRequestUrl: at.pullRequest.url }).sending({ reason: "it is merged" })
  })

  it("was merged by a person, whoever had released the fix", () => {
    const released = { type: "delivery-started", data: { attempt: 1, approvedBy: "grace" } } as const
    given(...at.awaitingApproval, released)
      .when(merged)
      .saying({ how: "merged", by: "ada" })
  })
})

describe("the answer that it is merged, of a hand that was given up before", () => {
  const byUs = { type: "pull-request-merged", data: { number: 1, by: at.ourLogin } } as const
  const silent = [
    { type: "gave-up", data: { command: "github.merge-pull-request", why: "no answer came in time" } },
    { type: "merge-refused", data: { why: "no answer came in time" } },
  ] as const

  it("is true all the same: what is merged stays merged", () => {
    given(...at.approved, ...silent)
      .when(late(byUs, "github.merge-pull-request"))
      .then("pull-request-merged", "resolved")
      .saying({ how: "merged", by: "grace" })
    given(...at.fixed, at.escalated)
      .when(late(byUs, "github.close-pull-request"))
      .then("pull-request-merged")
  })

  it("is no news where GitHub told of it first", () => {
    given(...at.resolved)
      .when(late(byUs, "github.merge-pull-request"))
      .nothing()
  })
})
