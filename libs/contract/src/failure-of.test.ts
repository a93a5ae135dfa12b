import { describe, expect, it } from "vitest"
import { failureFrom, failureOf } from "./failure-of.ts"

const digest = (text: string, firstError?: number) => ({
  ...{ text, totalLines: 3, totalBytes: text.length, redactions: 0 },
  ...(firstError === undefined ? {} : { firstError }),
})

describe("what is broken, in one line", () => {
  it("is nothing while only the pipeline's name is known", () => expect(failureOf({ source: {} })).toBeNull())

  it("is the error that CI named, then the line of the log where the first error stands", () => {
    const source = { errorType: "AssertionError" }
    expect(failureOf({ source })).toBe("AssertionError")
    expect(failureOf({ source, failure: { digest: digest("ok 1\n   not ok 2 - adds\nok 3", 1) } })).toBe("not ok 2 - adds")
  })

  it("is the reported log's line where the one that was fetched has no error", () => {
    const source = { digest: digest("not ok 2 - adds", 0) }
    expect(failureOf({ source })).toBe("not ok 2 - adds")
    for (const fetched of [digest("ok 1"), digest("ok 1\n", 1), digest("ok 1", 7)])
      expect(failureOf({ source, failure: { digest: fetched } })).toBe("not ok 2 - adds")
  })

  it("is the diagnosis once there is one, cut where nobody reads on", () => {
    const known = { firstError: "not ok 2 - adds", errorType: null }
    expect(failureFrom({ ...known, diagnosis: "A test fails" })).toBe("A test fails")
    expect(failureFrom({ ...known, diagnosis: "x".repeat(240) })).toHaveLength(240)
    expect(failureFrom({ ...known, diagnosis: "x".repeat(241) })).toBe(`${"x".repeat(239)}…`)
  })
})
