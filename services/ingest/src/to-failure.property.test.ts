/** Whatever is posted: which run it is of, and that its event fits. */
import { decodeEvent, encodeMessage } from "@ci-fix-pilot/contract/envelope"
import { Branch, RunId } from "@ci-fix-pilot/contract/ids"
import { Effect, Result, Schema } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { isIgnored } from "./fact.ts"
import { failure, minimal } from "./posted.suite.ts"
import { toFailure } from "./to-failure.ts"

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
    errorLog: fc.string({ minLength: 1, maxLength: 300 }).filter((text) => /\S/u.test(text)),
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
})

describe("whatever is posted", () => {
  const text = (maxLength: number) => fc.string({ unit: "binary", minLength: 1, maxLength })
  const odd = fc.constantFrom("-", ".", "/", "..", "@{", ".lock", " ", "~", "\u0000", "\ud800", "é", "b".repeat(240))
  /** Names that git allows and names that it does not, about as many of each. */
  const name = fc.array(fc.oneof(fc.constantFrom("main", "fix", "1"), odd), { minLength: 1, maxLength: 3 })
  const count = fc.nat()
  const body = fc.record(
    {
      provider: fc.constantFrom("github", "gitlab", "jenkins", "generic"),
      repository: fc.constantFrom("acme/widgets", "group/of/groups/_x.y"),
      commitSha: fc.constantFrom("a".repeat(40), "0".repeat(64)),
      errorLog: text(400).filter((log) => /\S/u.test(log)),
      pipelineUrl: fc.webUrl(),
      errorType: text(2_000),
      workflow: text(300),
      workflowId: count,
      workflowRunId: count,
      runAttempt: count,
      failedJobs: fc.array(
        fc.record({ id: count, name: text(300), steps: fc.array(text(300), { maxLength: 12 }) }, { requiredKeys: ["name", "steps"] }),
        { maxLength: 22 },
      ),
      fork: fc.boolean(),
    },
    { requiredKeys: ["provider", "repository", "commitSha", "errorLog"] },
  )

  it("fits a message of the contract, or is refused for its branch", () => {
    fc.assert(
      fc.property(body, name, fc.constantFrom("", "refs/heads/"), (drawn, parts, ref) => {
        const branch = parts.join("")
        const told = Effect.runSync(Effect.result(toFailure({ ...drawn, branch: `${ref}${branch}` })))
        if (Result.isFailure(told)) {
          expect(told.failure.fields?.map(({ field }) => field)).toEqual(["branch"])
          expect(Schema.is(Branch)(branch)).toBe(false)
          return
        }
        if (isIgnored(told.success)) throw new Error("no branch of ours was drawn")
        const { event, runId } = told.success
        const message = { id: "inbox:webhook:x", at: "", runId, traceparent: "", ...event }
        expect(Effect.runSync(decodeEvent(encodeMessage(message)))).toMatchObject({ type: "ci-failed", data: { target: { branch } } })
      }),
      { numRuns: 500 },
    )
  })
})
