/** Whatever is posted: which run it is of, and that its event fits. */
import { decodeEvent, encodeMessage } from "@ci-fix-pilot/contract/envelope"
import { RunId } from "@ci-fix-pilot/contract/ids"
import { Effect, Schema } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { failure, full, minimal } from "./posted.suite.ts"

describe("the run of a posted failure", () => {
  const commit = fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 40, maxLength: 40 })
  const identity = fc.record({
    repository: fc.constantFrom("acme/widgets", "acme/gadgets"),
    branch: fc.constantFrom("main", "topic"),
    commitSha: commit,
    workflowId: fc.nat(3),
    runAttempt: fc.integer({ min: 1, max: 3 }),
  })
  const detail = fc.record({
    errorLog: fc.string({ minLength: 1, maxLength: 300 }),
    errorType: fc.string({ maxLength: 60 }),
    workflow: fc.string({ maxLength: 60 }),
    fork: fc.boolean(),
  })

  it("is the same whatever else is said about the same workflow, commit and attempt", () => {
    fc.assert(
      fc.property(identity, detail, detail, (one, first, second) => {
        const [a, b] = [failure({ ...minimal, ...one, ...first }), failure({ ...minimal, ...one, ...second })]
        expect(a.runId).toBe(b.runId)
        expect(Schema.is(RunId)(a.runId)).toBe(true)
      }),
    )
  })

  it("is another one for another workflow, commit, attempt, branch or repository", () => {
    fc.assert(
      fc.property(identity, identity, (one, other) => {
        const same = JSON.stringify(one) === JSON.stringify(other)
        expect(failure({ ...minimal, ...one }).runId === failure({ ...minimal, ...other }).runId).toBe(same)
      }),
    )
  })

  it("fits a message of the contract whatever text arrives", () => {
    const text = fc.string({ unit: "binary", minLength: 1, maxLength: 400 })
    fc.assert(
      fc.property(text, text, (errorLog, name) => {
        const { event, runId } = failure({
          ...full,
          errorLog,
          workflow: name.slice(0, 300),
          failedJobs: [{ name: name.slice(0, 300), steps: [name.slice(0, 300)] }],
        })
        const message = { id: "inbox:webhook:x", at: "", runId, traceparent: "", ...event }
        expect(Effect.runSync(decodeEvent(encodeMessage(message))).type).toBe("ci-failed")
      }),
    )
  })
})
