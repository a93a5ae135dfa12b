/** Runs in states that are over too soon, or come too seldom, to be met: for their pictures. */
import type { Match } from "@ci-fix-pilot/contract/values"
import type { Life } from "@ci-fix-pilot/deploy/fleet/seed-runs"
import { runIdOf } from "@ci-fix-pilot/testkit/scripted-answers"
import {
  attempted,
  commandOf,
  delivered,
  diagnosed,
  failed,
  fetched,
  type Place,
  patchOf,
  proposed,
  proven,
  reproduced,
  spent,
} from "./shown-facts.ts"

const first = 0x700_000
const testLog = `$ npm test
> shop@4.2.0 test
> vitest run

 ✓ src/cart.test.ts (14 tests) 41ms
 ❯ src/discounts.test.ts (9 tests | 1 failed) 37ms
   × shipping is free from 50.00 at home, after discounts
FAIL  src/discounts.test.ts > shipping is free from 50.00 at home, after discounts
AssertionError: expected +0 to be 490 // Object.is equality
- 490
+ 0
 ❯ src/discounts.test.ts:88:27
`
const buildLog = `$ tsc --noEmit
src/orders/list.ts(41,18): error TS2345: Argument of type 'string | undefined' is not assignable to parameter of type 'string'.
  Type 'undefined' is not assignable to type 'string'.
src/orders/list.ts(57,9): error TS2322: Type 'Date' is not assignable to type 'string'.
Found 2 errors in the same file, starting at: src/orders/list.ts:41
`
const threshold = patchOf(`--- a/src/discounts.ts
+++ b/src/discounts.ts
@@ -31,5 +31,5 @@ export const shippingFor = (basket: Basket): Cents => {
   const home = basket.address.country === shop.country
-  const from = freeShippingFrom[basket.customer.tier]
+  const from = home ? freeShippingFrom.home : freeShippingFrom.abroad
   // What is left after discounts decides, not what was in the basket.
-  return total(basket.lines) > from ? 0 : shippingCost(basket)
+  return totalAfterDiscounts(basket) >= from ? 0 : shippingCost(basket)
 }
--- a/src/discounts.test.ts
+++ b/src/discounts.test.ts
@@ -80,3 +80,4 @@ describe("shipping", () => {
   it("is free from 50.00 at home, after discounts", () => {
+    expect(shippingFor(basketOf(49_99))).toBe(490)
     expect(shippingFor(basketOf(50_00, { discount: 10_00 }))).toBe(490)
   })
`)
const guard = patchOf(`--- a/src/orders/list.ts
+++ b/src/orders/list.ts
@@ -38,3 +38,3 @@ export const listOrders = async (customer: Customer) => {
   const orders = await read(customer.id)
-  return orders.map(({ address, at }) => row(address.city, at))
+  return orders.map(({ address, at }) => row(address.city ?? "–", at.toISOString()))
 }
`)

const placeOf = (n: number, repository: string, branch: string, title: string): Place => ({ n: first + n, repository, branch, title })
const begun = (place: Place, kind: "test" | "compile") =>
  kind === "test"
    ? [...failed(place), ...fetched("test (node 22)", "Run npm test", testLog), reproduced("npm test", testLog)]
    : [...failed(place), ...fetched("build", "Run tsc", buildLog, "grace"), reproduced("npx tsc --noEmit", buildLog)]
const shipping =
  "Free shipping is decided by the basket before discounts: `shippingFor` compares `total(basket.lines)` with the wrong threshold"
const none = { type: "recalled", data: { matches: [] } } as const

const warehouse = (n: number, branch: string, title: string) => placeOf(n, "acme/warehouse", branch, title)
const long = placeOf(
  8,
  "acme-platform-engineering/customer-notification-preferences-service",
  "dependabot/npm_and_yarn/frontend/packages/design-system/multi-3f1b2c4d5e-typescript-and-eslint-plugins",
  "Bump the typescript-and-eslint-plugins group across 14 directories with 23 updates (#18231)",
)
const second = placeOf(4, "acme/orders", "feature/export", "Export orders as CSV")
const again = placeOf(5, "acme/shop", "main", "Loyalty tiers, second try")
const asked = placeOf(6, "acme/shop", "feature/loyalty-tiers", "Add loyalty tiers")

const remembered: Match = {
  ...{ memoryId: "m-4711", score: 0.94, signature: "5a1b0c36e1d24f97", repository: "acme/shop", branch: "feature/loyalty-tiers" },
  ...{ outcome: "merged", strategy: "revert", summary: shipping, patch: threshold },
  why: "the same test fails with the same message in the same file (`src/discounts.test.ts`)",
  provenance: {
    runId: runIdOf(first + 6),
    commitSha: "3f786850e387550fdab836ed7e6dc881de23001b",
    pullRequestUrl: "https://forge.test/acme/shop/pull/398",
  },
}

interface Shown extends Life {
  /** Of its picture. */
  readonly name: string
}
const life = (name: string, n: number, ago: number, apart: number, events: Life["events"]): Shown => ({
  ...{ name, ago, apart, events },
  runId: runIdOf(first + n),
})

/** The newest first. */
export const shownLives: ReadonlyArray<Shown> = [
  life("queued", 2, 240, 1, failed(warehouse(2, "main", "Round weights up"))),
  life("running", 0, 250, 11, [
    ...begun(warehouse(0, "main", "Count what is on its way"), "test"),
    diagnosed("test", "A test fails: counts what is on its way — expected 12, got 9", "src/stock.test.ts"),
    none,
    attempted(1, "revert"),
  ]),
  life("running-again", 1, 300, 14, [
    ...begun(warehouse(1, "feature/labels", "Print labels in two languages"), "compile"),
    diagnosed("compile", "Does not compile: Argument of type 'string | undefined' is not assignable", "src/orders/list.ts"),
    none,
    attempted(1, "model"),
    proposed(1, "model", {
      patch: guard,
      explanation: "Falls back to a dash where an address has no city.",
      usage: spent(18_420, 911, 0.069),
    }),
    { type: "fix-rejected", data: { attempt: 1, why: "`npx tsc --noEmit` is still red with the patch (exit 2)", log: buildLog } },
    attempted(2, "revert"),
    proposed(2, "revert", { patch: guard, explanation: "Undoes 1 of the 4 changes since the last green commit." }),
  ]),
  life("approval", 6, 3_000, 21, [
    ...begun(asked, "test"),
    diagnosed("test", shipping, "src/discounts.ts", spent(9_120, 412, 0.034)),
    none,
    attempted(1, "model"),
    proposed(1, "model", {
      patch: threshold,
      explanation:
        "`shippingFor` compared the basket before discounts with a threshold that depends on the customer's tier.\nIt now compares what is left after discounts with the threshold of the country, as `docs/shipping.md` says.",
      usage: spent(31_877, 1_204, 0.114),
    }),
    proven(
      1,
      threshold,
      ["npm test", "npm run lint"],
      [
        {
          rule: "weakened-test",
          file: "src/discounts.test.ts",
          detail: "the patch changes a test that was red: `is free from 50.00 at home`",
        },
      ],
    ),
    {
      type: "approval-requested",
      data: { reasons: ["the patch changes a test (`src/discounts.test.ts`)", "a model wrote the patch and safe mode is on"] },
    },
  ]),
  life("second-attempt", 4, 7_200, 13, [
    ...begun(second, "compile"),
    diagnosed(
      "compile",
      "Does not compile: Argument of type 'string | undefined' is not assignable to parameter of type 'string'",
      "src/orders/list.ts",
    ),
    none,
    attempted(1, "model"),
    proposed(1, "model", { patch: threshold, explanation: "Changes the threshold.", usage: spent(22_310, 640, 0.077) }),
    { type: "fix-rejected", data: { attempt: 1, why: "`npx tsc --noEmit` is still red with the patch (exit 2)", log: buildLog } },
    attempted(2, "revert"),
    proposed(2, "revert", {
      patch: guard,
      explanation: "Undoes 1 of the 4 changes between 3f78685, which is green, and this commit: src/orders/list.ts:41.",
      culprit: { goodCommit: "3f786850e387550fdab836ed7e6dc881de23001b", hunks: 4, reverted: 1, sandboxRuns: 6 },
    }),
    proven(2, guard, ["npx tsc --noEmit"]),
    ...delivered(second, 2),
  ]),
  life("remembered", 5, 14_400, 4, [
    ...begun(again, "test"),
    diagnosed("test", "A test fails: shipping is free from 50.00 at home, after discounts — expected +0 to be 490", "src/discounts.ts"),
    { type: "recalled", data: { matches: [remembered] } },
    attempted(1, "replay"),
    proposed(1, "replay", { patch: threshold, explanation: "Applies the fix of a run of acme/shop that ada merged." }),
    proven(1, threshold, ["npm test"]),
    ...delivered(again, 1, "ada"),
  ]),
  life("handed-over", 7, 20_000, 17, [
    ...begun(placeOf(7, "acme/payments", "release/2026.11", "Bump the payment provider's SDK"), "compile"),
    diagnosed("dependency", "A dependency is wrong or missing: `@acme/ledger@^3` has no version that `payments` accepts", "package.json"),
    none,
    attempted(1, "revert"),
    { type: "fix-declined", data: { attempt: 1, why: "no part of the change alone turns `npx tsc --noEmit` green" } },
    attempted(2, "model"),
    proposed(2, "model", { patch: guard, explanation: "Adds a fallback.", usage: spent(40_100, 1_900, 0.15) }),
    { type: "fix-rejected", data: { attempt: 2, why: "`npx tsc --noEmit` is still red with the patch (exit 2)", log: buildLog } },
    {
      type: "escalated",
      data: {
        report: {
          reason: "No way to a fix is left after 2 attempts.",
          failed: "A dependency is wrong or missing: `@acme/ledger@^3` has no version that `payments` accepts",
          ...{ tried: [], evidence: ["`npx tsc --noEmit` exited 1 after 8420 ms in docker (node:22-bookworm)", buildLog] },
          nextStep: "Fix the failure by hand: the next push is looked at anew. Start with `package.json`.",
        },
      },
    },
  ]),
  life("flaky", 8, 30_000, 25, [
    ...failed(long),
    ...fetched("e2e (chromium, shard 3 of 8)", "Run the browser tests", testLog, "dependabot[bot]"),
    { type: "not-reproduced", data: { plan: [commandOf("npm test")], passed: 3, of: 3 } },
    { type: "marked-flaky", data: { passed: 3, of: 3 } },
  ]),
  life("skipped", 9, 36_000, 1, [
    ...failed(placeOf(9, "acme/shop", "main", "Loyalty tiers, once more")),
    { type: "skipped", data: { why: "another run heals the same failure", duplicateOf: runIdOf(first + 5) } },
  ]),
]
