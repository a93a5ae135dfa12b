import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import type { Finding, Match } from "@ci-fix-pilot/contract/values"
import { describe, it } from "vitest"
import { gaveUp, given } from "./sentences.suite.ts"
import * as at from "./stories.suite.ts"

const { ciFailed, diagnosed, fetched, fetchStarted, fixProposed, patchOf, proofOf, recalled, reproduced, target } = at

const proven = (findings: ReadonlyArray<Finding> = []) => ({ type: "fix-validated", data: { proof: proofOf(1, { findings }) } }) as const
const proofIs = patchOf(1).sha256
const untrusted = { author: { login: "eve", association: "NONE", trusted: false } }
const fromProvider = (provider: "gitlab") => [
  ciFailed({ target: { ...target, provider } }),
  fetchStarted,
  fetched(),
  reproduced,
  diagnosed(),
  recalled(),
  at.attemptStarted(1, "revert"),
  fixProposed(1),
]
const validatingWith = (failure: Parameters<typeof fetched>[0], added = 1, removed = 1) => [
  ciFailed(),
  fetchStarted,
  fetched(failure),
  reproduced,
  diagnosed(),
  recalled(),
  at.attemptStarted(1, "revert"),
  fixProposed(1, 1, "revert", { added, removed }),
]

describe("a proven fix stays at home", () => {
  it("where pull requests cannot be opened: another provider than GitHub", () => {
    given(...fromProvider("gitlab"))
      .when(proven())
      .then("fix-validated", "escalated")
      .telling(/came from gitlab/, proofIs)
  })

  it("when opening pull requests is switched off", () => {
    given(...at.validating)
      .under({ githubEnabled: false })
      .when(proven())
      .telling(/CI_HEALING_GITHUB_ENABLED=false/, proofIs)
  })

  it("in shadow mode", () => {
    given(...at.validating)
      .under({ delivery: "shadow" })
      .when(proven())
      .telling(/Shadow mode/, proofIs)
  })

  it("while as many of our pull requests are open as are allowed", () => {
    given(...at.validating)
      .knowing({ openPullRequests: 3 })
      .when(proven())
      .telling(/3 of our pull requests are already open/, proofIs)
  })
})

describe("a proven fix waits for approval", () => {
  const waits = (why: string, ledger: ReadonlyArray<RunEvent>, findings: ReadonlyArray<Finding> = []) => {
    const outcome = given(...ledger).when(proven(findings))
    outcome.then("fix-validated", "approval-requested").asking("notifier.notify")
    outcome.saying({ reasons: [why] })
  }

  it("when the branch belongs to a fork", () => waits("the branch belongs to a fork", validatingWith({ fork: true })))

  it("when the author has no right to write", () =>
    waits("the author of the failing commit is not known as trusted", validatingWith(untrusted)))

  it("when the patch is large, whether it adds or removes", () => {
    waits("the patch changes 202 lines", validatingWith({}, 201))
    waits("the patch changes 301 lines", validatingWith({}, 0, 301))
  })

  it("when it was rejected for the same failure before, whoever thought of it again", () => {
    const memory = at.matchOf(1, { outcome: "rejected", why: "the same failure in this repository; its fix was rejected: denied by ada" })
    const elsewhere = at.matchOf(1, { outcome: "rejected", signature: "00000000000000bb" })
    const proposed = (match: Match) => [...at.recalling, recalled(match), at.attemptStarted(1, "revert"), fixProposed(1)]
    waits(`this very fix was rejected before: ${memory.why}`, proposed(memory))
    given(...proposed(elsewhere))
      .when(proven())
      .then("fix-validated", "delivery-started")
  })

  it("when the gate noticed something", () =>
    waits(
      "weakened-test in a.test.js: an assertion is gone",
      [...at.validating],
      [{ rule: "weakened-test", file: "a.test.js", detail: "an assertion is gone" }],
    ))

  it("always, where the installation says so, and all doubts are told", () => {
    given(...validatingWith({ fork: true }))
      .under({ delivery: "approval", safeMode: false })
      .when(proven())
      .saying({ reasons: ["every fix of this installation waits for approval", "the branch belongs to a fork"] })
  })

  it("not without safe mode: doubts alone do not hold it", () => {
    given(...validatingWith({ fork: true }))
      .under({ safeMode: false })
      .when(proven())
      .then("fix-validated", "delivery-started")
  })

  it("when its tries went without something, whatever the mode: what is missing may be all that was red", () => {
    const gap = "@types/jest@^29 (devDependencies of package.json): the registry does not have it"
    const sandbox = { kind: "bubblewrap", image: "host", notInstalled: [gap, "ts-jest@29 (devDependencies of package.json): no"] } as const
    const told = [`the proof went without ${gap}`, "the proof went without ts-jest@29 (devDependencies of package.json): no"]
    const incomplete = { type: "fix-validated", data: { proof: proofOf(1, { sandbox }) } } as const
    for (const safeMode of [true, false])
      given(...at.validating)
        .under({ safeMode })
        .when(incomplete)
        .then("fix-validated", "approval-requested")
        .asking("notifier.notify")
        .saying({ reasons: told })
    given(...validatingWith({ fork: true }))
      .when(incomplete)
      .saying({ reasons: [...told, "the branch belongs to a fork"] })
    given(...validatingWith({ fork: true }))
      .under({ delivery: "approval" })
      .when(incomplete)
      .saying({ reasons: ["every fix of this installation waits for approval", ...told, "the branch belongs to a fork"] })
  })
})

describe("a pull request", () => {
  it("that was opened makes the run fixed, and the fix is remembered", () => {
    given(...at.delivering)
      .when(at.opened)
      .then("pull-request-opened")
      .asking("memory.remember", "notifier.notify")
      .sending({ outcome: "validated" })
  })

  it("into a branch that has moved is not opened: the run is skipped", () => {
    given(...at.delivering)
      .when({ type: "branch-moved", data: { head: "e".repeat(40) } })
      .then("branch-moved", "skipped")
      .saying({ why: "the branch moved while the fix was on its way", head: "e".repeat(40) })
      .asking("github.close-pull-request", "github.close-pull-request", "github.close-pull-request", "notifier.notify")
    given(...at.delivering)
      .when({ type: "branch-moved", data: {} })
      .saying({ why: "the branch moved while the fix was on its way" })
  })

  it("that GitHub refuses leaves the proven patch to a person", () => {
    given(...at.delivering)
      .when({ type: "pull-request-refused", data: { why: "no permission" } })
      .then("pull-request-refused", "escalated")
      .telling(/refused: no permission/, proofIs)
  })

  it("that nobody could open leaves it, too", () => {
    given(...at.delivering)
      .when(gaveUp("github.open-pull-request"))
      .then("gave-up", "escalated")
      .telling(/could not be opened: away/, proofIs)
  })

  it("that became known after the run had ended is closed: it does not belong to it", () => {
    given(...at.delivering, at.escalated)
      .when(at.opened)
      .then("answer-ignored")
      .asking("github.close-pull-request")
  })
})
