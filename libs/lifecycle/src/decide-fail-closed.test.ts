/** States that no ledger can tell of. The rules are total all the same: what is missing never lets a fix out. */
import type { Event } from "@ci-fix-pilot/contract/events"
import { describe, expect, it } from "vitest"
import { decide } from "./decide.ts"
import { deliver, reasonsToAsk } from "./decide-delivery.ts"
import { noFacts } from "./input.ts"
import { defaultPolicy } from "./policy.ts"
import type { Phase } from "./run.ts"
import { heard, review, runOf } from "./sentences.suite.ts"
import * as at from "./stories.suite.ts"

const hollow = (phase: Phase) => ({ ...runOf(at.diagnosing), phase })
const decided = (phase: Phase, event: Event) => decide(hollow(phase), heard(event), noFacts, defaultPolicy)

describe("a run without an attempt", () => {
  it.each([
    ["proposing", { type: "fix-proposed", data: { proposal: at.proposalOf(1) } }],
    ["proposing", { type: "fix-declined", data: { why: "no idea" } }],
    ["validating", { type: "fix-validated", data: { proof: at.proofOf(1) } }],
  ] as const)("that is %s does nothing on $type", (phase, event) => {
    expect(decided(phase, event)).toEqual([])
  })

  it("that is told of a rejection goes on with its first", () => {
    expect(decided("validating", { type: "fix-rejected", data: { why: "red" } })).toMatchObject([
      { type: "fix-rejected", data: { attempt: 0 } },
      { type: "attempt-started", data: { attempt: 1 } },
    ])
  })

  it("has nothing that could be approved by its patch", () => {
    const given = { type: "review-given", data: { action: "approve", reviewer: "grace", patchSha256: at.patchOf(1).sha256 } } as const
    expect(decided("awaiting-approval", given)).toMatchObject([{ type: "review-refused" }])
  })

  it("names attempt 0, for which there is nothing to open", () => {
    expect(decide(hollow("awaiting-approval"), review("approve"), noFacts, defaultPolicy)).toMatchObject([
      { type: "review-given" },
      { type: "delivery-started", data: { attempt: 0 } },
    ])
    expect(deliver(runOf(at.reproducing), defaultPolicy, noFacts)).toEqual([{ type: "delivery-started", data: { attempt: 0 } }])
  })
})

describe("a run whose failure was never fetched", () => {
  it("is doubted in everything", () => {
    expect(reasonsToAsk(runOf(at.queued), defaultPolicy)).toEqual([
      "the branch belongs to a fork",
      "the author of the failing commit is not known as trusted",
    ])
  })

  it("may be approved: nobody is known to have written the change", () => {
    const unread = { ...runOf(at.queued), phase: "awaiting-approval" as const }
    expect(decide(unread, review("approve"), noFacts, defaultPolicy)).toMatchObject([
      { type: "review-given" },
      { type: "delivery-started" },
    ])
  })
})
