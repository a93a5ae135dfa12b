import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { openCommands } from "../fleet/deliveries.ts"
import { type Fleet, startFleet } from "../fleet/fleet.ts"
import { judgeAtRest, runIdFor, untilPhase } from "../fleet/judge-run.ts"
import { ledgerOf, runOf, waitUntil } from "../fleet/ledger-of.ts"
import { review } from "../fleet/review.ts"
import { faultKinds } from "../forge/http/faults.ts"
import { breakProject, makeProject } from "./small-project.ts"

const within = 150_000
const mostRuns = 8
let fleet: Fleet
let routes: ReadonlyArray<string> = []
let count = 0

/** A whole life: broken, healed if it can be, reviewed. Gives what is wrong with it afterwards. */
const live = async (action: "approve" | "deny") => {
  count += 1
  const repository = await makeProject(fleet, `faults-${count}`)
  const runId = await runIdFor(fleet, repository, await breakProject(fleet, repository), within)
  const run = await untilPhase(fleet, runId, within)
  if (run.phase === "fixed") {
    await review(fleet, runId, action, `key-${runId}`)
    if (action === "deny") await untilPhase(fleet, runId, within, new Set(["escalated"]))
    else await waitUntil("the merge to be tried", async () => ((await isTried(runId)) ? true : undefined), within)
  }
  return judgeAtRest(fleet, runId)
}

/** The planner has taken the review, and the merge was answered. */
const isTried = async (runId: string) =>
  runOf(await ledgerOf(fleet.database.sql, runId))?.merging === false && (await openCommands(fleet, runId)) === 0

beforeAll(async () => {
  fleet = await startFleet({ settings: { CI_HEALING_SANDBOX: "bubblewrap" } })
  await Promise.all([live("approve"), live("deny")])
  routes = [...new Set((await fleet.forge.requests()).map(({ route }) => route))].sort()
})
afterAll(() => fleet?.stop())

describe("every route of GitHub that a life touches", () => {
  it("is known from lives that went well", () => {
    expect(routes.length).toBeGreaterThan(15)
  })

  it.each(faultKinds)("answers %s once: one run, one stop, no pull request left behind", async (kind) => {
    await fleet.forge.clearFaults()
    for (const route of routes) await fleet.forge.setFault({ route, kind, afterMs: 500, retryAfterSeconds: 1 })
    const lives: Array<Promise<unknown>> = []
    let landed = false
    while (!landed && lives.length < mostRuns) {
      lives.push(live("approve"), live("deny"))
      await Promise.all(lives)
      landed = (await fleet.forge.pendingFaults()).length === 0
    }
    expect(await Promise.all(lives)).toEqual(lives.map(() => []))
    expect((await fleet.forge.pendingFaults()).map(({ route }) => route)).toEqual([])
  })
})
