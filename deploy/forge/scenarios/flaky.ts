import type { Scenario } from "../scenario.ts"
import { mara, tomasz } from "./people.ts"

/** A slow runner held up a timer for more than a second; the commit is good and its tests pass. */
export const flaky: Scenario = {
  name: "flaky",
  title: "A failure that does not reproduce",
  repository: { owner: "acme", name: "mailer" },
  base: { folder: "base", branch: "main", message: "Retry mail with growing pauses", by: tomasz, at: "2026-02-05T13:02:00Z" },
  changes: [{ folder: "change", branch: "main", message: "List the pauses for the operator's page", by: mara, at: "2026-02-13T09:33:00Z" }],
  recordedLog: "ci-log.txt",
  verify: "npm test",
  expected: { status: "flaky", strategy: null },
  keeps: {},
  restores: {},
}
