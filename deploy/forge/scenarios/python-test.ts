import type { Scenario } from "../scenario.ts"
import { jonas, priya } from "./people.ts"

/** Rounding half up was simplified to `round`, which in Python rounds half to even. */
export const pythonTest: Scenario = {
  name: "python-test",
  title: "A Python test failure",
  repository: { owner: "acme", name: "timesheets" },
  base: { folder: "base", branch: "main", message: "Turn clock entries into payable hours", by: priya, at: "2026-02-04T07:55:00Z" },
  changes: [
    {
      folder: "break",
      branch: "main",
      message: "Add up calendar weeks, simplify rounding",
      by: jonas,
      at: "2026-02-12T11:47:00Z",
    },
  ],
  verify: "python3 -m unittest discover -s tests",
  expected: { status: "fixed", strategy: "revert" },
  keeps: {
    "timesheets/hours.py": "def per_week",
    "README.md": "hours.per_week",
    "tests/test_hours.py": "test_weeks_follow_the_calendar",
  },
  restores: { "timesheets/hours.py": "(seconds + QUARTER // 2) // QUARTER * QUARTER" },
}
