import { describe, it } from "vitest"
import { gaveUp, given } from "./sentences.suite.ts"
import * as at from "./stories.suite.ts"

const { attemptStarted, diagnosed, fixDeclined, fixProposed, fixRejected, matchOf, patchOf, proposalOf, recalled, usage } = at

const proposed = (n: number, strategy: "model" | "revert" = "revert") =>
  ({ type: "fix-proposed", data: { proposal: proposalOf(n, strategy), usage } }) as const
const rejected = { type: "fix-rejected", data: { why: "still red", log: "not ok 1" } } as const
const declined = { type: "fix-declined", data: { why: "no idea", usage } } as const

describe("a proposal", () => {
  it("is validated, and what it cost is written down", () => {
    given(...at.modelProposing)
      .when(proposed(1, "model"))
      .then("fix-proposed")
      .saying({ attempt: 1, usage })
      .asking("validator.validate-fix")
  })

  it("that costs nothing says so by silence", () => {
    given(...at.proposing)
      .when({ type: "fix-proposed", data: { proposal: proposalOf(1) } })
      .then("fix-proposed")
      .sending({ patch: patchOf(1) })
  })

  it("of a patch that was rejected before is declined, whoever proposes it", () => {
    given(...at.modelValidating, fixRejected(1), attemptStarted(2, "model"))
      .when(proposed(1, "model"))
      .then("fix-declined", "attempt-started")
      .saying({ attempt: 2, why: "it is the same patch as attempt 1, which was rejected", usage })
  })

  it("may resemble an earlier one as long as it is another patch", () => {
    given(...at.modelValidating, fixRejected(1), attemptStarted(2, "model"))
      .when(proposed(2, "model"))
      .then("fix-proposed")
  })
})

describe("a way that leads nowhere", () => {
  it("makes room for the next one", () => {
    given(...at.modelProposing)
      .when(declined)
      .then("fix-declined", "attempt-started")
      .saying({ attempt: 2, of: 3, strategy: "model" })
      .asking("ai.propose-fix", "notifier.notify")
  })

  it("is the end when no other is left, and the report says that there is no model", () => {
    given(...at.proposing)
      .when({ type: "fix-declined", data: { why: "no green ancestor" } })
      .then("fix-declined", "escalated")
      .telling(/No way to a fix is left after 1 attempt \(no model is configured\)\./)
  })

  it("counts its attempts in plural where there were several", () => {
    given(...at.modelValidating, fixRejected(1), attemptStarted(2, "revert"))
      .under({ maxCostUsd: 0.1 })
      .when(declined)
      .telling(/No way to a fix is left after 2 attempts\./)
  })

  it("is one that nobody could work on, too", () => {
    given(...at.modelProposing)
      .when(gaveUp("ai.propose-fix", "the model is away"))
      .then("gave-up", "fix-declined", "attempt-started")
      .saying({ why: "the model is away" })
    given(...at.proposing)
      .when(gaveUp("validator.isolate-culprit"))
      .then("gave-up", "fix-declined", "escalated")
  })
})

describe("a rejected fix", () => {
  it("is remembered as rejected, and the next way is tried", () => {
    given(...at.modelValidating)
      .when(rejected)
      .then("fix-rejected", "attempt-started")
      .saying({ attempt: 1, why: "still red", log: "not ok 1" })
      .asking("memory.remember", "ai.propose-fix", "notifier.notify")
      .sending({ outcome: "rejected", why: "still red" })
  })

  it("is shown to the model that tries next, with the patch and why it was not good enough", () => {
    given(...at.modelValidating)
      .when(rejected)
      .sending({ rejections: [{ attempt: 1, strategy: "model", why: "still red", patchSha256: patchOf(1).sha256, log: "not ok 1" }] })
  })

  it("leaves the last attempt to the revert", () => {
    given(...at.modelValidating, fixRejected(1), attemptStarted(2, "model"), fixProposed(2, 2, "model"))
      .when(rejected)
      .saying({ attempt: 3, of: 3, strategy: "revert" })
  })

  it("is the end when it was the last of the attempts", () => {
    given(...at.modelValidating, fixRejected(1), attemptStarted(2, "model"), fixDeclined(2), attemptStarted(3, "revert"), fixProposed(3))
      .when({ type: "fix-rejected", data: { why: "red elsewhere" } })
      .then("fix-rejected", "escalated")
      .telling(/All 3 attempts were rejected/)
  })
})

describe("a remembered fix", () => {
  it("is replayed without asking anybody, and still has to pass the gate", () => {
    given(...at.recalling)
      .when(recalled(matchOf(7)))
      .then("recalled", "attempt-started", "fix-proposed")
      .saying({ attempt: 1, of: 3, strategy: "replay" })
      .saying({
        attempt: 1,
        proposal: {
          strategy: "replay",
          patch: patchOf(7),
          explanation: "The same failure was fixed before: an operator was undone (the same failure).",
          confidence: 0.9,
          memoryId: "m7",
        },
      })
      .asking("notifier.notify", "validator.validate-fix")
  })

  it("that fails the gate makes room for the next way", () => {
    given(...at.recalling, recalled(matchOf(7)), attemptStarted(1, "replay"), fixProposed(1, 7, "replay"))
      .when(rejected)
      .saying({ attempt: 2, of: 3, strategy: "revert" })
  })

  it("is nothing to wait for: a memory that is away counts as empty", () => {
    given(...at.recalling)
      .when(gaveUp("memory.recall"))
      .then("gave-up", "recalled", "attempt-started")
      .saying({ matches: [] })
  })
})

describe("a diagnosis that nobody gave", () => {
  it("is unknown, by rules, without a model", () => {
    given(...at.diagnosing)
      .when(gaveUp("ai.diagnose"))
      .then("gave-up", "diagnosed")
      .saying({
        modelAvailable: false,
        diagnosis: { kind: "unknown", summary: "CI failed", firstError: "", suspectFiles: [], confidence: 0, by: "rules" },
      })
      .asking("memory.recall")
  })
})

describe("money", () => {
  it("that is spent keeps the model from being asked", () => {
    given(...at.diagnosing, diagnosed(true, 1.6))
      .when(recalled())
      .then("recalled", "attempt-started")
      .saying({ strategy: "revert" })
  })

  it("that is held for calls which never said what they cost is not asked for again, and the report says so", () => {
    const without = given(...at.modelProposing).when(gaveUp("ai.propose-fix", "no money is left", 2))
    without.then("gave-up", "fix-declined", "attempt-started").saying({ heldUsd: 2 }).saying({ attempt: 2, strategy: "revert" })
    given(
      ...at.modelProposing,
      { type: "gave-up", data: { command: "ai.propose-fix", why: "away", heldUsd: 2 } },
      fixDeclined(1),
      attemptStarted(2, "revert"),
    )
      .when({ type: "fix-declined", data: { why: "no green ancestor" } })
      .then("fix-declined", "escalated")
      .telling(/after 2 attempts \(\$2\.00 of \$2\.00 is held for model calls that never said what they cost\)\./)
  })

  it("that is held leaves the rest to be spent", () => {
    given(...at.modelProposing)
      .when(gaveUp("ai.propose-fix", "away", 1.5))
      .saying({ attempt: 2, strategy: "model" })
    given(...at.modelProposing)
      .under({ maxCallUsd: 0.6 })
      .when(gaveUp("ai.propose-fix", "away", 1.5))
      .saying({ attempt: 2, strategy: "revert" })
  })

  it("bounds what one call may cost", () => {
    given(...at.diagnosing, diagnosed(true, 1.4))
      .under({ maxCallUsd: 0.6 })
      .when(recalled())
      .sending({ maxCostUsd: 0.6 })
  })
})
