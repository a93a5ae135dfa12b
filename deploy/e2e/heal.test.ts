import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Fleet, startFleet } from "../fleet/fleet.ts"
import { judgeAtRest, runIdFor, untilPhase } from "../fleet/judge-run.ts"
import { review } from "../fleet/review.ts"
import { breakProject, makeProject } from "./small-project.ts"

const within = 60_000
let fleet: Fleet

beforeAll(async () => {
  fleet = await startFleet({ settings: { CI_HEALING_SANDBOX: "bubblewrap" } })
})
afterAll(() => fleet?.stop())

describe("the fleet", () => {
  it("heals a red commit with a proven pull request, and merges it when a reviewer approves", async () => {
    const repository = await makeProject(fleet, "merge")
    const runId = await runIdFor(fleet, repository, await breakProject(fleet, repository), within)
    const fixed = await untilPhase(fleet, runId, within)
    expect(fixed.phase, JSON.stringify(fixed.report)).toBe("fixed")
    expect((await review(fleet, runId, "approve", "k1")).status).toBe(200)
    expect((await untilPhase(fleet, runId, within, new Set(["resolved"]))).pullRequest?.state).toBe("merged")
    expect(await judgeAtRest(fleet, runId)).toEqual([])
  })

  it("closes the pull request and escalates when a reviewer denies", async () => {
    const repository = await makeProject(fleet, "deny")
    const runId = await runIdFor(fleet, repository, await breakProject(fleet, repository), within)
    await untilPhase(fleet, runId, within, new Set(["fixed"]))
    expect((await review(fleet, runId, "deny", "k2")).status).toBe(200)
    expect((await review(fleet, runId, "approve", "k3")).status).toBe(409)
    await untilPhase(fleet, runId, within, new Set(["escalated"]))
    expect(await judgeAtRest(fleet, runId)).toEqual([])
  })
})
