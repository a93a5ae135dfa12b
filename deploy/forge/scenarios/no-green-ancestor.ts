import type { Scenario } from "../scenario.ts"
import { tomasz } from "./people.ts"

/** The very first commit is red: nothing to go back to, nothing remembered; a person has to look. */
export const noGreenAncestor: Scenario = {
  name: "no-green-ancestor",
  title: "A repository that was never green",
  repository: { owner: "acme", name: "slugs" },
  base: { folder: "base", branch: "main", message: "Make slugs from titles", by: tomasz, at: "2026-02-17T12:00:00Z" },
  changes: [],
  verify: "npm test",
  expected: { status: "escalated", strategy: null },
  keeps: {},
  restores: {},
}
