import type { Scenario } from "../scenario.ts"
import { jonas, mara } from "./people.ts"

/** A tidied comparison (`>=` became `>`) hides in a commit that adds a feature, next to it in the same file and elsewhere. */
export const nodeRegression: Scenario = {
  name: "node-regression",
  title: "A regression inside a commit that also changes other things",
  repository: { owner: "acme", name: "pricing" },
  base: { folder: "base", branch: "main", message: "Price carts with volume discounts and coupons", by: mara, at: "2026-02-02T09:12:00Z" },
  changes: [
    {
      folder: "break",
      branch: "feature/loyalty-tiers",
      message: "Add loyalty tiers\n\nSilver and gold customers get 2 % and 4 %. Ships to Liechtenstein, too.",
      by: jonas,
      at: "2026-02-09T14:41:00Z",
    },
  ],
  verify: "npm test",
  expected: { status: "fixed", strategy: "revert" },
  keeps: {
    "src/discounts.js": "export const loyaltyDiscount",
    "src/cart.js": "discounts.loyalty",
    "src/shipping.js": "LI: 1490",
    "README.md": "**Loyalty**",
    "package.json": '"2.4.0"',
    "test/discounts.test.js": "loyal customers get a percentage by their level",
  },
  restores: { "src/discounts.js": "line.quantity >= candidate.from" },
}
