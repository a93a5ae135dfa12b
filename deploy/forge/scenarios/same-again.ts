import type { Scenario } from "../scenario.ts"
import { priya } from "./people.ts"

/** The same mistake reaches another branch, by copying; the first fix has been approved and merged meanwhile. */
export const sameAgain: Scenario = {
  name: "same-again",
  title: "The same failure again on another branch",
  repository: { owner: "acme", name: "pricing" },
  base: null,
  after: "node-regression",
  changes: [
    {
      folder: "break",
      branch: "feature/gift-wrapping",
      message: "Wrap carts as gifts\n\nTakes over the shorter volume tier look-up from the loyalty branch.",
      by: priya,
      at: "2026-02-11T10:05:00Z",
    },
  ],
  verify: "npm test",
  expected: { status: "fixed", strategy: "replay" },
  keeps: { "src/cart.js": "export const wrapping", "test/cart.test.js": "gifts are wrapped per line" },
  restores: { "src/discounts.js": "line.quantity >= candidate.from" },
}
