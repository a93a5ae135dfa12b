import { describe, it } from "vitest"
import { deadlinePassed, gaveUp, given } from "./sentences.suite.ts"
import * as at from "./stories.suite.ts"

describe("a deadline", () => {
  it.each([
    ["queued", at.queued],
    ["fetching", at.fetching],
    ["reproducing", at.reproducing],
    ["diagnosing", at.diagnosing],
    ["recalling", at.recalling],
    ["proposing", at.proposing],
    ["validating", at.validating],
    ["delivering", at.delivering],
  ] as const)("ends a run that is still %s", (phase, ledger) => {
    given(...ledger)
      .when(deadlinePassed)
      .then("escalated")
      .telling(new RegExp(`it was ${phase} when time ran out`))
  })

  it("ends the waiting for approval, and attaches the proven patch", () => {
    given(...at.awaitingApproval)
      .when(deadlinePassed)
      .then("escalated")
      .telling(/Nobody approved the fix in time/, at.patchOf(1).sha256)
  })

  it("takes back a pull request that may be on its way", () => {
    given(...at.delivering)
      .when(deadlinePassed)
      .asking("github.close-pull-request", "github.close-pull-request", "github.close-pull-request", "notifier.notify")
  })

  it.each([
    ["fixed", at.fixed],
    ["resolved", at.resolved],
    ["escalated", [...at.fixed, at.escalated]],
  ] as const)("means nothing to a run that is %s", (_, ledger) => {
    given(...ledger)
      .when(deadlinePassed)
      .nothing()
  })
})

describe("a command that nobody could do", () => {
  it.each(["notifier.notify", "memory.remember", "github.check-pull-request", "github.close-pull-request"] as const)(
    "%s does not hold up the run",
    (command) => {
      given(...at.validating)
        .when(gaveUp(command))
        .then("gave-up")
        .saying({ command, why: "away" })
        .asking()
    },
  )

  it.each(["ai.diagnose", "github.open-pull-request", "validator.validate-fix"] as const)(
    "%s no longer matters after the end",
    (command) => {
      given(...at.resolved)
        .when(gaveUp(command))
        .then("gave-up")
        .asking()
    },
  )
})

describe("a proposal without an attempt", () => {
  it("leads nowhere: there is nothing to decline", () => {
    given(...at.queued)
      .when(gaveUp("ai.propose-fix"))
      .then("gave-up")
  })

  it("nor to validate: a person hears of it", () => {
    given(...at.reproducing)
      .under({ validationRequired: false })
      .when(gaveUp("validator.validate-fix"))
      .then("gave-up", "validation-unavailable", "escalated")
      .saying({ attempt: 0, why: "away" })
      .telling(/away/)
  })
})
