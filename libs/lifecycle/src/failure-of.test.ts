import { describe, expect, it } from "vitest"
import { failureFrom, failureOf } from "./failure-of.ts"
import { evolve, type Run } from "./run.ts"

const target = { provider: "generic", repository: "acme/web", branch: "main", commitSha: "a".repeat(40) } as const
const digest = (text: string, firstError?: number) => ({
  ...{ text, totalLines: 3, totalBytes: text.length, redactions: 0 },
  ...(firstError === undefined ? {} : { firstError }),
})
const begun = (known: Partial<Run["source"]> = {}): Run =>
  evolve(undefined, { type: "ci-failed", data: { target, title: "CI › test failed", ...known } })
const fetched = (run: Run, text: string, firstError?: number): Run =>
  evolve(run, {
    type: "failure-fetched",
    data: {
      ...{ failedJobs: [], digest: digest(text, firstError), signature: "0123456789abcdef", fork: false, headMoved: false },
      author: { login: "ada", association: "MEMBER", trusted: true },
    },
  })

describe("what is broken, in one line", () => {
  it("is nothing while only the pipeline's name is known", () => expect(failureOf(begun())).toBeNull())

  it("is the error that CI named, then the line of the log where the first error stands", () => {
    const named = begun({ errorType: "AssertionError" })
    expect(failureOf(named)).toBe("AssertionError")
    expect(failureOf(fetched(named, "ok 1\n   not ok 2 - adds\nok 3", 1))).toBe("not ok 2 - adds")
  })

  it("is the reported log's line where the one that was fetched has no error", () => {
    const reported = begun({ digest: digest("not ok 2 - adds", 0) })
    for (const run of [reported, fetched(reported, "ok 1"), fetched(reported, "ok 1\n", 1)]) expect(failureOf(run)).toBe("not ok 2 - adds")
  })

  it("is the diagnosis once there is one, cut where nobody reads on", () => {
    const known = { firstError: "not ok 2 - adds", errorType: null }
    expect(failureFrom({ ...known, diagnosis: "A test fails" })).toBe("A test fails")
    expect(failureFrom({ ...known, diagnosis: "x".repeat(240) })).toHaveLength(240)
    expect(failureFrom({ ...known, diagnosis: "x".repeat(241) })).toBe(`${"x".repeat(239)}…`)
  })
})
