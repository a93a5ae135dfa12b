import { describe, expect, it } from "vitest"
import { type Report, tallyOf, total } from "./tally.ts"

const report = (numbers: Partial<Report>): Report => ({
  success: true,
  numTotalTests: 5,
  numPassedTests: 5,
  numFailedTests: 0,
  testResults: [],
  ...numbers,
})

describe("the numbers of a lane", () => {
  it("are its tests when all is well", () => {
    expect(tallyOf(report({}), 0)).toEqual({ passed: 5, failed: 0, remarks: [] })
  })

  it("count failed tests once, whatever the exit code", () => {
    expect(tallyOf(report({ numPassedTests: 3, numFailedTests: 2 }), 1)).toEqual({ passed: 3, failed: 2, remarks: [] })
  })

  it("count tests that did not run as failed", () => {
    expect(tallyOf(report({ numPassedTests: 4 }), 0)).toMatchObject({ passed: 4, failed: 1 })
  })

  it("count a file that could not be loaded as failed", () => {
    const testResults = [{ name: "x.test.ts", status: "failed", assertionResults: [] }]
    expect(tallyOf(report({ testResults }), 1)).toEqual({ passed: 5, failed: 1, remarks: ["could not be loaded: x.test.ts"] })
  })

  it("are one failure when nothing ran or nothing was reported", () => {
    expect(tallyOf(report({ numTotalTests: 0, numPassedTests: 0 }), 0)).toMatchObject({ passed: 0, failed: 1 })
    expect(tallyOf(undefined, 137)).toMatchObject({ passed: 0, failed: 1 })
  })

  it("count an exit code that the report does not explain", () => {
    expect(tallyOf(report({}), 1)).toMatchObject({ passed: 5, failed: 1 })
  })

  it("add up", () => {
    expect(total([tallyOf(report({}), 0), tallyOf(undefined, 1)])).toMatchObject({ passed: 5, failed: 1 })
  })
})
