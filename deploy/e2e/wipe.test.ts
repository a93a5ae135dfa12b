import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Fleet, startFleet } from "../fleet/fleet.ts"
import { judgeAtRest, runIdFor, untilPhase } from "../fleet/judge-run.ts"
import { breakProject, makeProject } from "./small-project.ts"

const within = 120_000
let fleet: Fleet

beforeAll(async () => {
  fleet = await startFleet({ settings: { CI_HEALING_SANDBOX: "bubblewrap" } })
})
afterAll(() => fleet?.stop())

/** Runs that are somewhere in the middle of their lives. */
const underWay = async (names: ReadonlyArray<string>) => {
  const runs = await Promise.all(
    names.map(async (name) => {
      const repository = await makeProject(fleet, name)
      return runIdFor(fleet, repository, await breakProject(fleet, repository), within)
    }),
  )
  await Promise.all(
    runs.map((runId) =>
      untilPhase(
        fleet,
        runId,
        within,
        new Set(["reproducing", "diagnosing", "recalling", "proposing", "validating", "delivering", "fixed"]),
      ),
    ),
  )
  return runs
}

const endWell = async (runs: ReadonlyArray<string>) => {
  for (const runId of runs) {
    expect((await untilPhase(fleet, runId, within)).phase).toBe("fixed")
    expect(await judgeAtRest(fleet, runId)).toEqual([])
  }
}

describe("a fleet in mid-run", () => {
  it("loses nothing when the broker's whole store is deleted", async () => {
    const runs = await underWay(["wipe-1", "wipe-2"])
    await fleet.nats.wipe()
    await endWell(runs)
  })

  it("goes on when the broker was frozen for a while", async () => {
    const runs = await underWay(["freeze-1"])
    fleet.nats.freeze()
    await new Promise((resolve) => setTimeout(resolve, 5_000))
    fleet.nats.thaw()
    await endWell(runs)
  })

  it("goes on when the database was killed and recovered", async () => {
    const runs = await underWay(["database-1", "database-2"])
    await fleet.database.kill()
    await fleet.database.start()
    await endWell(runs)
  })
})
