import { describe, it } from "vitest"
import { deadlinePassed, given, heard, late, nothingYet, review, slotFree } from "./sentences.suite.ts"
import * as at from "./stories.suite.ts"

const { ciFailed, digest, fetched, recalled, reproduced, usage } = at

describe("a run begins", () => {
  it("with a red pipeline, and starts at once when the repository has a free slot", () => {
    nothingYet.when(ciFailed()).then("ci-failed", "fetch-started").asking("notifier.notify", "github.fetch-failure")
  })

  it("waits when as many runs of its repository are worked on as are allowed", () => {
    nothingYet.knowing({ activeInRepository: 2 }).when(ciFailed()).then("ci-failed").asking("notifier.notify")
  })

  it("waits behind those of its repository that wait already, also when a slot is free", () => {
    nothingYet.knowing({ queuedInRepository: 1 }).when(ciFailed()).then("ci-failed").asking("notifier.notify")
  })

  it("starts when a slot is free, once", () => {
    given(...at.queued)
      .when(slotFree)
      .then("fetch-started")
      .asking("github.fetch-failure")
    given(...at.fetching)
      .when(slotFree)
      .nothing()
  })

  it("with nothing else", () => {
    nothingYet.when(reproduced).nothing()
    nothingYet.when(deadlinePassed).nothing()
    nothingYet.when(review("abort")).nothing()
  })

  it("once: the same failure again changes nothing", () => {
    given(...at.queued)
      .when(ciFailed())
      .nothing()
  })
})

describe("a fetched failure", () => {
  it("is reproduced", () => {
    given(...at.fetching)
      .when(fetched())
      .then("failure-fetched")
      .asking("validator.reproduce")
  })

  it("of a commit that is no longer the head is skipped", () => {
    given(...at.fetching)
      .when(fetched({ headMoved: true }))
      .then("failure-fetched", "skipped")
      .asking("notifier.notify")
  })

  it("that another run already heals is skipped and names that run", () => {
    const duplicateOf = `run_${"1".repeat(24)}`
    given(...at.fetching)
      .knowing({ duplicateOf })
      .when(fetched())
      .then("failure-fetched", "skipped")
      .saying({ duplicateOf })
  })

  it("that came back too often within a day goes to a person", () => {
    given(...at.fetching)
      .knowing({ sameSignatureToday: 2 })
      .when(fetched())
      .then("failure-fetched", "escalated")
      .telling(/healed 2 times today/)
    given(...at.fetching)
      .knowing({ sameSignatureToday: 1 })
      .when(fetched())
      .then("failure-fetched")
  })

  it("that cannot be read goes to a person", () => {
    given(...at.fetching)
      .when({ type: "failure-unavailable", data: { why: "the log has expired" } })
      .then("failure-unavailable", "escalated")
      .telling(/the log has expired/)
  })
})

describe("a reproduction", () => {
  it("is diagnosed", () => {
    given(...at.reproducing)
      .when(reproduced)
      .then("reproduced")
      .asking("ai.diagnose")
  })

  it("that stays green marks the failure flaky", () => {
    given(...at.reproducing)
      .when({ type: "not-reproduced", data: { plan: [at.command], passed: 3, of: 3 } })
      .then("not-reproduced", "marked-flaky")
      .saying({ passed: 3, of: 3 })
      .asking("notifier.notify")
  })

  it("that cannot be had is an escalation, never a fix", () => {
    given(...at.reproducing)
      .when({ type: "not-reproducible", data: { why: "no toolchain" } })
      .then("not-reproducible", "escalated")
      .telling(/no toolchain/)
  })
})

describe("what is known is looked at before a fix is tried", () => {
  it("a diagnosis leads to remembered fixes", () => {
    given(...at.diagnosing)
      .when(at.diagnosed())
      .then("diagnosed")
      .asking("memory.recall")
  })

  it("what is remembered leads to the first attempt", () => {
    given(...at.recalling)
      .when(recalled())
      .then("recalled", "attempt-started")
      .asking("validator.isolate-culprit", "notifier.notify")
  })
})

describe("an answer out of its time", () => {
  const early = [
    fetched(),
    { type: "failure-unavailable", data: { why: "gone" } },
    reproduced,
    { type: "not-reproduced", data: { plan: [], passed: 3, of: 3 } },
    { type: "not-reproducible", data: { why: "x" } },
    at.diagnosed(),
    recalled(),
    { type: "fix-proposed", data: { proposal: at.proposalOf(1) } },
    { type: "fix-declined", data: { why: "x" } },
    { type: "fix-validated", data: { proof: at.proofOf(1) } },
    { type: "fix-rejected", data: { why: "x" } },
    { type: "validation-unavailable", data: { why: "x" } },
    at.opened,
    { type: "branch-moved", data: {} },
    { type: "pull-request-refused", data: { why: "x" } },
  ] as const

  it.each(early)("$type changes nothing while the run is queued, and is recorded as ignored", (event) => {
    given(...at.queued)
      .when(event)
      .then("answer-ignored")
      .saying({ type: event.type, why: "the run is queued" })
  })

  it("to a closed command is recorded as ignored even where it would fit", () => {
    given(...at.reproducing)
      .when(late(reproduced))
      .then("answer-ignored")
      .saying({ why: "the command was closed" })
      .asking()
  })

  it("keeps the account of the money it cost", () => {
    given(...at.proposing)
      .when(late({ type: "fix-proposed", data: { proposal: at.proposalOf(1), usage } }))
      .then("answer-ignored")
      .saying({ usage })
  })
})

describe("what says nothing about a run", () => {
  it.each([
    { type: "remembered", data: { memoryId: "m1" } },
    { type: "notified", data: { channel: "slack" } },
    { type: "postponed", data: { afterMs: 1, why: "away" } },
    { type: "failed-for-good", data: { reason: "no" } },
  ] as const)("$type is not recorded", (event) => {
    given(...at.reproducing)
      .when(heard(event))
      .nothing()
  })

  it.each([
    { type: "postponed", data: { afterMs: 1, why: "away", usage } },
    { type: "failed-for-good", data: { reason: "no", usage } },
  ] as const)("but what a try has cost is: $type", (event) => {
    given(...at.reproducing)
      .when(heard(event))
      .then("answer-ignored")
      .saying({ usage })
  })

  it("a webhook's own log is handed to whoever fetches the failure", () => {
    nothingYet
      .when(ciFailed({ digest, errorType: "test", workflowRunId: 7, runAttempt: 2, pipelineUrl: "https://ci.test/7" }))
      .sending({ workflowRunId: 7, runAttempt: 2, pipelineUrl: "https://ci.test/7", given: { digest, errorType: "test" } })
    nothingYet.when(ciFailed({ digest })).sending({ given: { digest } })
  })
})
