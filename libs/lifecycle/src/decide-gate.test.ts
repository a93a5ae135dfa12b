import { describe, expect, it } from "vitest"
import { gaveUp, given } from "./sentences.suite.ts"
import * as at from "./stories.suite.ts"

const { command, lint, patchOf, proofOf, resultOf } = at
/** The same line in another environment. */
const elsewhere = { ...command, env: { TZ: "Asia/Tokyo" } }
const proven = (changes: Parameters<typeof proofOf>[1] = {}) => ({ type: "fix-validated", data: { proof: proofOf(1, changes) } }) as const

describe("the gate", () => {
  it("lets a fix through that was red before and green after, on this commit", () => {
    given(...at.validating)
      .when(proven())
      .then("fix-validated", "delivery-started")
      .saying({ attempt: 1, proof: proofOf(1) })
      .asking("github.open-pull-request")
  })

  it("takes a time-out before the patch for red", () => {
    given(...at.validating)
      .when(proven({ before: resultOf(0, { timedOut: true }) }))
      .then("fix-validated", "delivery-started")
  })

  it.each([
    ["the proof is of another patch", { patchSha256: patchOf(9).sha256 }],
    ["the proof is of another commit", { commitSha: "e".repeat(40) }],
    ["the command was not red before the patch", { before: resultOf(0) }],
    ["not everything was green after the patch", { after: [] }],
    ["not everything was green after the patch", { after: [resultOf(0), resultOf(1, { command: lint })] }],
    ["not everything was green after the patch", { after: [resultOf(0, { timedOut: true })] }],
    ["the failing command was not run after the patch", { after: [resultOf(0, { command: lint })] }],
    ["the failing command was not run after the patch", { after: [resultOf(0, { command: elsewhere })] }],
  ])("reads the proof itself: %s (%j)", (flaw, changes) => {
    const outcome = given(...at.validating).when(proven(changes))
    outcome.then("fix-rejected", "escalated").saying({ attempt: 1, why: `the proof does not hold: ${flaw}` })
    expect(outcome.commands.map(({ type }) => type)).not.toContain("github.open-pull-request")
  })
})

describe("a fix that could not be verified", () => {
  const unavailable = { type: "validation-unavailable", data: { why: "the sandbox is gone" } } as const

  it("is never taken for verified: a person gets the run, without an unproven patch", () => {
    given(...at.validating)
      .when(unavailable)
      .then("validation-unavailable", "escalated")
      .telling(/could not be verified: the sandbox is gone/)
  })

  it("does not count as a wrong fix: no further attempt is made", () => {
    given(...at.modelValidating)
      .when(unavailable)
      .then("validation-unavailable", "escalated")
      .asking("notifier.notify")
  })

  it("is attached, marked as not proven, where validation is not required", () => {
    given(...at.validating)
      .under({ validationRequired: false })
      .when(unavailable)
      .then("validation-unavailable", "escalated")
      .telling(/could not be verified/, patchOf(1).sha256)
  })

  it("is one whose validation nobody could do, too", () => {
    given(...at.validating)
      .when(gaveUp("validator.validate-fix", "no daemon"))
      .then("gave-up", "validation-unavailable", "escalated")
      .telling(/no daemon/)
  })
})

describe("where the infrastructure fails", () => {
  it.each([
    ["github.fetch-failure", at.fetching, /fetch the failure: away/],
    ["validator.reproduce", at.reproducing, /reproduce the failure: away/],
  ] as const)("%s that nobody could do is said to be that", (command, ledger, reason) => {
    given(...ledger)
      .when(gaveUp(command))
      .then("gave-up", "escalated")
      .telling(reason)
  })
})
