import { describe, it } from "vitest"
import { given, review } from "./sentences.suite.ts"
import * as at from "./stories.suite.ts"

const patchSha256 = at.patchOf(1).sha256
const ofEve = [
  at.ciFailed(),
  at.fetchStarted,
  at.fetched({ author: { login: "Eve", association: "NONE", trusted: false } }),
  ...at.awaitingApproval.slice(3),
]

describe("approve", () => {
  it("releases a fix that waits, and names who did", () => {
    given(...at.awaitingApproval)
      .when(review("approve", { note: "fine" }))
      .then("review-given", "delivery-started")
      .saying({ attempt: 1, approvedBy: "grace" })
      .asking("github.open-pull-request")
      .sending({ approvedBy: "grace" })
  })

  it("merges an open pull request", () => {
    given(...at.fixed)
      .when(review("approve"))
      .then("review-given", "merge-started")
      .saying({ approvedBy: "grace" })
      .asking("github.merge-pull-request")
      .sending({ approvedBy: "grace", pullRequest: { ...at.pullRequest, state: "open" } })
  })

  it("is refused where as many of our pull requests are open as may be, and the fix goes on waiting", () => {
    given(...at.awaitingApproval)
      .knowing({ openPullRequests: 3 })
      .when(review("approve"))
      .then("review-refused")
      .saying({ why: "3 of our pull requests are already open in this repository: merge or close one of them first" })
      .asking()
    given(...at.awaitingApproval)
      .knowing({ openPullRequests: 3 })
      .under({ pullRequestsPerRepository: 4 })
      .when(review("approve"))
      .then("review-given", "delivery-started")
      .sending({ mostOpen: 4 })
    given(...at.fixed)
      .knowing({ openPullRequests: 3 })
      .when(review("approve"))
      .then("review-given", "merge-started")
  })

  it("may name the patch that was looked at, and is refused when another one waits by now", () => {
    given(...at.awaitingApproval)
      .when(review("approve", { patchSha256 }))
      .then("review-given", "delivery-started")
    given(...at.awaitingApproval)
      .when(review("approve", { patchSha256: at.patchOf(9).sha256 }))
      .then("review-refused")
      .saying({ why: "another patch waits now; look at it again" })
  })

  it("may name what it approves, and is refused when the run has gone on meanwhile: a second click merges nothing", () => {
    const toRelease = review("approve", { expectedPhase: "awaiting-approval" })
    const toMerge = review("approve", { expectedPhase: "fixed" })
    given(...at.awaitingApproval)
      .when(toRelease)
      .then("review-given", "delivery-started")
      .saying({ expectedPhase: "awaiting-approval" })
    given(...at.fixed)
      .when(toRelease)
      .then("review-refused")
      .saying({ why: "the run is fixed by now, not awaiting-approval: look at it again" })
      .asking()
    given(...at.awaitingApproval)
      .when(toMerge)
      .then("review-refused")
      .saying({ why: "the run is awaiting-approval by now, not fixed: look at it again" })
    given(...at.fixed)
      .when(toMerge)
      .then("review-given", "merge-started")
  })

  it("that names nothing does not merge what a person released: it may be the same click once more", () => {
    const released = [...at.awaitingApproval, { type: "delivery-started", data: { attempt: 1, approvedBy: "ada" } } as const, at.opened]
    given(...released)
      .when(review("approve"))
      .then("review-refused")
      .saying({ why: "this fix was approved already; to merge its pull request, approve with expectedPhase: fixed" })
      .asking()
    given(...released)
      .when(review("approve", { expectedPhase: "fixed" }))
      .then("review-given", "merge-started")
  })

  it("is refused while there is nothing to approve", () => {
    given(...at.validating)
      .when(review("approve"))
      .then("review-refused")
      .saying({ action: "approve", reviewer: "grace", why: "there is nothing to approve while the run is validating" })
      .asking()
  })

  it("is refused to the untrusted author of the failing change, in any spelling", () => {
    given(...ofEve)
      .when(review("approve", { by: "EVE" }))
      .then("review-refused")
      .saying({ why: "the author of the failing change cannot approve its fix" })
    given(...ofEve)
      .when(review("approve"))
      .then("review-given", "delivery-started")
  })

  it("is open to a trusted author", () => {
    given(...at.awaitingApproval)
      .when(review("approve", { by: "ada" }))
      .then("review-given", "delivery-started")
  })
})

describe("deny", () => {
  it("hands a waiting fix to a person, who gets the patch; memory learns that it was not wanted", () => {
    given(...at.awaitingApproval)
      .when(review("deny", { note: "wrong place" }))
      .then("review-given", "escalated")
      .telling(/Denied by grace: wrong place/, patchSha256)
      .asking("memory.remember", "notifier.notify")
      .sending({ outcome: "rejected" })
  })

  it("closes an open pull request, now and, should an answer be late, twice more", () => {
    given(...at.fixed)
      .when(review("deny"))
      .then("review-given", "escalated")
      .telling(/Denied by grace$/, patchSha256)
      .asking("github.close-pull-request", "github.close-pull-request", "github.close-pull-request", "memory.remember", "notifier.notify")
  })

  it("is refused while there is nothing to deny", () => {
    given(...at.diagnosing)
      .when(review("deny"))
      .then("review-refused")
      .saying({ why: "there is nothing to deny while the run is diagnosing" })
  })
})

describe("abort", () => {
  it.each([
    ["queued", at.queued],
    ["reproducing", at.reproducing],
    ["validating", at.validating],
    ["awaiting-approval", at.awaitingApproval],
  ] as const)("stops a run that is %s", (_, ledger) => {
    given(...ledger)
      .when(review("abort", { note: "rewriting this" }))
      .then("review-given", "aborted")
      .saying({ by: "grace", note: "rewriting this" })
      .asking()
  })

  it("takes back a pull request that may be on its way", () => {
    given(...at.delivering)
      .when(review("abort"))
      .then("review-given", "aborted")
      .saying({ by: "grace" })
      .asking("github.close-pull-request", "github.close-pull-request", "github.close-pull-request")
  })

  it("of a fixed run closes its pull request and escalates", () => {
    given(...at.fixed)
      .when(review("abort"))
      .then("review-given", "escalated")
      .telling(/Aborted by grace/)
  })
})

describe("human-fix", () => {
  it("resolves the run and takes back what it had opened", () => {
    given(...at.fixed)
      .when(review("human-fix"))
      .then("review-given", "resolved")
      .saying({ how: "human-fix", by: "grace" })
      .asking("github.close-pull-request", "github.close-pull-request", "github.close-pull-request", "notifier.notify")
      .sending({ kind: "run-fixed", summary: "Fixed by grace" })
    given(...at.proposing)
      .when(review("human-fix"))
      .then("review-given", "resolved")
      .asking("notifier.notify")
  })
})

describe("a word that comes too late", () => {
  const actions = ["approve", "deny", "abort", "human-fix"] as const

  it.each(actions)("%s is refused after the end", (action) => {
    given(...at.resolved)
      .when(review(action))
      .then("review-refused")
      .saying({ why: "the run has ended: resolved" })
      .asking()
  })

  it.each(actions)("%s is refused while the pull request is being merged: the first word counts", (action) => {
    given(...at.merging)
      .when(review(action))
      .then("review-refused")
      .saying({ why: "the pull request is being merged" })
  })
})
