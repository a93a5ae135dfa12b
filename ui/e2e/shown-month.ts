/** A month of a team's runs, all ended, so that lists and charts look as they do where the product is used. */
import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import type { Diagnosis, Strategy } from "@ci-fix-pilot/contract/values"
import type { Life } from "@ci-fix-pilot/deploy/fleet/seed-runs"
import { patch, runIdOf } from "@ci-fix-pilot/testkit/scripted-answers"
import { attempted, delivered, diagnosed, failed, type Place, proposed, proven, spent } from "./shown-facts.ts"

const first = 0x710_000
const count = 84
const day = 86_400
const repositories = ["acme/shop", "acme/orders", "acme/payments", "acme/warehouse", "acme/web", "acme-labs/recommendation-engine"] as const
const branches = ["main", "main", "release/2026.11", "feature/loyalty-tiers", "fix/rounding"] as const
const titles = [
  "Round weights up",
  "Export orders as CSV",
  "Retry the webhook",
  "Cache the price list",
  "Rename customer to client",
] as const
const failures: ReadonlyArray<readonly [Diagnosis["kind"], summary: string]> = [
  ["test", "A test fails: rounds half a cent up — expected 12.35, got 12.34"],
  ["compile", "Does not compile: Property 'city' does not exist on type 'Address | undefined'"],
  ["lint", "The linter or formatter objects: `noUnusedVariables` in src/checkout/summary.tsx"],
  ["dependency", "A dependency is wrong or missing: Cannot find package 'undici' imported from src/http.ts"],
  ["timeout", "Took too long: the step `Run integration tests` was stopped after 30 min"],
  ["configuration", "The configuration is wrong: Unexpected input 'node-versoin' in .github/workflows/ci.yml"],
]
const strategies: ReadonlyArray<Strategy> = ["revert", "replay", "model", "revert"]
/** One of them, always the same for the same number. */
const pick = <A>(from: ReadonlyArray<A>, n: number): A => {
  const found = from[n % from.length]
  if (found === undefined) throw new Error("nothing to pick from")
  return found
}

const explained = { patch, explanation: "Undoes the change of one operator." }

const endOf = (place: Place, n: number): ReadonlyArray<RunEvent> => {
  if (n % 11 === 3) return [{ type: "marked-flaky", data: { passed: 3, of: 3 } }]
  if (n % 23 === 5) return [{ type: "aborted", data: { by: "grace" } }]
  const strategy = pick(strategies, n)
  const usage = strategy === "model" ? { usage: spent(20_000 + n * 117, 900, 0.05 + (n % 7) * 0.02) } : {}
  const tried = [attempted(1, strategy), proposed(1, strategy, { ...explained, ...usage })]
  if (n % 9 === 4) {
    const report = { reason: "No way to a fix is left.", failed: place.title, tried: [], evidence: [], nextStep: "Fix it by hand." }
    return [...tried, { type: "fix-rejected", data: { attempt: 1, why: "still red" } }, { type: "escalated", data: { report } }]
  }
  return [...tried, proven(1, patch, ["npm test"]), ...delivered(place, 1, n % 6 === 0 ? undefined : pick(["ada", "grace", "linus"], n))]
}

/** Spread over the four weeks before today, one every few hours. */
export const shownMonth: ReadonlyArray<Life> = Array.from({ length: count }, (_, n) => {
  const place = { n: first + n, repository: pick(repositories, n * 5 + (n >> 2)), branch: pick(branches, n * 3), title: pick(titles, n) }
  const [kind, summary] = pick(failures, n * 7 + (n >> 1))
  return {
    runId: runIdOf(first + n),
    ago: day + Math.floor((n * 27 * day) / count) + (n % 5) * 3_217,
    apart: 2 + ((n * 13) % 40),
    events: [
      ...failed(place),
      diagnosed(kind, summary, "src/index.ts", n % 4 === 2 ? spent(8_000, 400, 0.03) : undefined),
      ...endOf(place, n),
    ],
  }
})
