/** What a lane came to, in numbers. Pure. */
import { Schema } from "effect"

export interface Tally {
  readonly passed: number
  readonly failed: number
  /** What is wrong beside the failed tests that the lane has printed itself. */
  readonly remarks: ReadonlyArray<string>
}

/** The part of vitest's JSON report that we read. */
export const Report = Schema.fromJsonString(
  Schema.Struct({
    success: Schema.Boolean,
    numTotalTests: Schema.Int,
    numPassedTests: Schema.Int,
    numFailedTests: Schema.Int,
    testResults: Schema.Array(
      Schema.Struct({ name: Schema.String, status: Schema.String, assertionResults: Schema.Array(Schema.Unknown) }),
    ),
  }),
)
export type Report = typeof Report.Type

/** Nothing was counted: the lane itself failed. */
export const broken = (remark: string): Tally => ({ passed: 0, failed: 1, remarks: [remark] })

/**
 * The numbers of a lane. Whatever is not plainly a pass is a failure: tests that did not run, files that could not be
 * loaded, no tests at all, no report, an exit code that the report does not explain.
 */
export const tallyOf = (report: Report | undefined, exitCode: number): Tally => {
  if (report === undefined) return broken(`no report; vitest ended with ${exitCode}`)
  if (report.numTotalTests === 0) return broken("no test ran")
  const notRun = report.numTotalTests - report.numPassedTests - report.numFailedTests
  const unloadable = report.testResults.filter(({ status, assertionResults }) => status === "failed" && assertionResults.length === 0)
  const explained = report.numFailedTests + notRun + unloadable.length > 0
  const unexplained = exitCode !== 0 && !explained
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + notRun + unloadable.length + (unexplained ? 1 : 0),
    remarks: [
      ...(notRun > 0 ? [`${notRun} tests did not run`] : []),
      ...unloadable.map(({ name }) => `could not be loaded: ${name}`),
      ...(unexplained ? [`vitest ended with ${exitCode} although no test failed`] : []),
    ],
  }
}

/** The sum, and the remarks of all. */
export const total = (tallies: ReadonlyArray<Tally>): Tally => ({
  passed: tallies.reduce((sum, { passed }) => sum + passed, 0),
  failed: tallies.reduce((sum, { failed }) => sum + failed, 0),
  remarks: tallies.flatMap(({ remarks }) => remarks),
})
