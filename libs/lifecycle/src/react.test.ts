import { describe, expect, it } from "vitest"
import { defaultPolicy } from "./policy.ts"
import { react } from "./react.ts"
import { deadlinePassed, given, review, runId, runOf } from "./sentences.suite.ts"
import { isOver } from "./step.ts"
import * as at from "./stories.suite.ts"

const reaction = (ledger: Parameters<typeof runOf>[0], event: Parameters<typeof react>[2]) =>
  react(runId, runOf(ledger), event, defaultPolicy)

describe("what is asked for", () => {
  it("carries the workflow and the last green commit to those who need them", () => {
    const workflow = { path: ".github/workflows/ci.yml", text: "jobs: {}" }
    given(...at.fetching)
      .when(at.fetched({ workflow }))
      .sending({ tries: defaultPolicy.reproduceTries, workflow })
    const lastGreenCommit = "9".repeat(40)
    given(at.ciFailed(), at.fetchStarted, at.fetched({ lastGreenCommit }), at.reproduced, at.diagnosed())
      .when(at.recalled())
      .sending({ lastGreenCommit, maxRuns: defaultPolicy.culpritRuns, failing: at.resultOf(1) })
    given(...at.recalling)
      .when(at.recalled())
      .sending({ target: at.target, failing: at.resultOf(1), plan: [at.command, at.lint], maxRuns: defaultPolicy.culpritRuns })
  })

  it("carries the whole proof to whoever opens the pull request, and where to see the run", () => {
    given(...at.validating)
      .under({ runUrl: "https://healing.test/{runId}" })
      .when({ type: "fix-validated", data: { proof: at.proofOf(1) } })
      .sending({ proof: at.proofOf(1), proposal: at.proposalOf(1), attempt: 1, runUrl: `https://healing.test/${runId}` })
  })

  it("carries the red result of before to whoever validates", () => {
    given(...at.proposing)
      .when({ type: "fix-proposed", data: { proposal: at.proposalOf(1) } })
      .sending({ before: at.resultOf(1), plan: [at.command, at.lint], strategy: "revert" })
  })
})

describe("people are told", () => {
  it("of a first attempt, and of a further one", () => {
    given(...at.recalling)
      .when(at.recalled())
      .sending({ kind: "attempt-started", summary: "Attempt 1 of 3: revert", attempt: 1, maxAttempts: 3, strategy: "revert" })
    given(...at.modelProposing)
      .when({ type: "fix-declined", data: { why: "no idea" } })
      .sending({ kind: "attempt-retried", summary: "Attempt 2 of 3: model" })
  })

  it.each([
    ["an open pull request", at.delivering, at.opened, { kind: "pull-request-opened", pullRequestUrl: at.pullRequest.url }],
    ["a merged one", at.fixed, at.merged, { kind: "pull-request-merged", pullRequestUrl: at.pullRequest.url }],
    ["a closed one", at.fixed, at.closed, { kind: "pull-request-closed" }],
    ["a branch that moved", at.delivering, { type: "branch-moved", data: {} }, { kind: "pull-request-skipped" }],
    ["an escalation", at.validating, deadlinePassed, { kind: "run-escalated" }],
    ["a person's fix", at.validating, review("human-fix"), { kind: "run-fixed" }],
  ] as const)("of %s", (_, ledger, input, notice) => {
    given(...ledger)
      .under({ runUrl: "https://healing.test/{runId}" })
      .when(input)
      .sending({ ...notice, runUrl: `https://healing.test/${runId}` })
  })
})

describe("a run that ends without its pull request", () => {
  it("looks for one at once, after half a minute and after ten", () => {
    const outcome = given(...at.delivering).when(deadlinePassed)
    const closing = outcome.commands.filter(({ type }) => type === "github.close-pull-request")
    expect(closing.map(({ delayMs }) => delayMs)).toEqual([0, 30_000, 600_000])
  })

  it("has nothing to take back before delivery, nor after a merge", () => {
    given(...at.validating)
      .when(deadlinePassed)
      .asking("notifier.notify")
    expect(reaction([...at.fixed, at.merged, at.escalated], at.escalated).map(({ type }) => type)).not.toContain(
      "github.close-pull-request",
    )
  })
})

describe("an entry whose run does not hold what it takes", () => {
  it.each([
    ["failure-fetched", at.queued, at.fetched()],
    ["diagnosed", at.reproducing, at.diagnosed()],
    ["fix-proposed", at.reproducing, at.fixProposed(1)],
    ["delivery-started", at.proposing, at.deliveryStarted],
    ["merge-started", at.delivering, at.mergeStarted],
    ["fix-rejected", at.reproducing, at.fixRejected(1)],
  ] as const)("%s asks for nothing", (_, ledger, event) => {
    expect(reaction(ledger, event)).toEqual([])
  })

  it("tells of an attempt but starts none", () => {
    expect(reaction(at.reproducing, at.attemptStarted(1, "revert")).map(({ type }) => type)).toEqual(["notifier.notify"])
    expect(reaction([...at.diagnosing, at.attemptStarted(1, "model")], at.attemptStarted(1, "model")).map(({ type }) => type)).toEqual([
      "notifier.notify",
    ])
  })

  it("leaves an ignored pull request alone when the run has one", () => {
    const ignored = { type: "answer-ignored", data: { type: "pull-request-opened", why: "the command was closed" } } as const
    expect(reaction(at.fixed, ignored)).toEqual([])
    expect(reaction(at.resolved, ignored)).toEqual([])
    expect(reaction([...at.delivering, at.escalated], ignored).map(({ type }) => type)).toEqual(["github.close-pull-request"])
  })
})

describe("a pull request", () => {
  it("says which commands were set aside", () => {
    const setAside = [at.resultOf(1, { command: at.lint })]
    const [first, ...rest] = at.delivering.slice(3)
    if (first?.type !== "reproduced") throw new Error("the story begins otherwise")
    const seen = { ...first, data: { reproduction: { ...first.data.reproduction, setAside } } } as const
    const told = (ledger: typeof at.delivering) => reaction(ledger, at.deliveryStarted).map(({ data }) => data)
    expect(told([...at.delivering.slice(0, 3), seen, ...rest])).toMatchObject([{ setAside }])
    expect(told(at.delivering)[0]).not.toHaveProperty("setAside")
  })
})

describe("the end", () => {
  it("leaves only telling, remembering and cleaning up", () => {
    expect(isOver(runOf(at.resolved))).toBe(true)
    expect(isOver(runOf(at.fixed))).toBe(false)
    expect(isOver(runOf(at.delivering))).toBe(false)
  })
})
