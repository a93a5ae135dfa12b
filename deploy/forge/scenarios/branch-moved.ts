import type { Scenario } from "../scenario.ts"
import { mara, priya } from "./people.ts"

/** Whoever broke the branch repairs it while the healing is under way: nothing may be delivered on top of that. */
export const branchMoved: Scenario = {
  name: "branch-moved",
  title: "The branch moves while it is being healed",
  repository: { owner: "acme", name: "inventory" },
  base: { folder: "base", branch: "main", message: "Reserve and ship stock", by: priya, at: "2026-02-06T15:18:00Z" },
  changes: [{ folder: "break", branch: "release/4.2", message: "Let promises be withdrawn", by: mara, at: "2026-02-16T08:04:00Z" }],
  meanwhile: {
    phase: "validating",
    change: {
      folder: "meanwhile",
      branch: "release/4.2",
      message: "Allow to reserve the last unit again",
      by: mara,
      at: "2026-02-16T08:19:00Z",
    },
  },
  verify: "npm test",
  expected: { status: "skipped", strategy: null },
  keeps: {},
  restores: {},
}
