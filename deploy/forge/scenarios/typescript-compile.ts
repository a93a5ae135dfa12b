import type { Scenario } from "../scenario.ts"
import { mara, tomasz } from "./people.ts"

/** A look-up that may now find nothing, and callers that were not told: the compiler refuses them. */
export const typescriptCompile: Scenario = {
  name: "typescript-compile",
  title: "A TypeScript compile error",
  repository: { owner: "acme", name: "routes" },
  base: { folder: "base", branch: "main", message: "Plan routes by the nearest stop", by: mara, at: "2026-02-03T08:30:00Z" },
  changes: [
    {
      folder: "break",
      branch: "main",
      message: "Label stops and announce arrivals by the quarter of an hour",
      by: tomasz,
      at: "2026-02-10T16:20:00Z",
    },
  ],
  verify: "npm ci && npm run build && npm test",
  expected: { status: "fixed", strategy: "revert" },
  keeps: {
    "src/stops.ts": "readonly label?: string",
    "src/duration.ts": "export const untilQuarter",
    "package.json": '"0.10.0"',
  },
  restores: { "src/stops.ts": "unknown stop: " },
}
