import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Fleet, startFleet } from "../fleet/fleet.ts"
import { judgeAtRest, runIdFor, untilPhase } from "../fleet/judge-run.ts"
import { ledgerOf, runOf } from "../fleet/ledger-of.ts"
import { breakProject, makeProject } from "./small-project.ts"

const within = 120_000
let fleet: Fleet

beforeAll(async () => {
  fleet = await startFleet({ settings: { CI_HEALING_SANDBOX: "bubblewrap" } })
})
afterAll(() => fleet?.stop())

/** From the first step that takes time to the last before the pull request is open. */
const inTheMiddle = ["reproducing", "diagnosing", "recalling", "proposing", "validating", "delivering"] as const
/** Each try takes at least so long: a run is not over before the blow. */
const testTakesMs = 1_500

/** Begins a run for each name, and strikes when all of them are in the middle of their lives. */
const strike = async (names: ReadonlyArray<string>, blow: () => Promise<void>) => {
  const runs = await Promise.all(
    names.map(async (name) => {
      const repository = await makeProject(fleet, name, testTakesMs)
      return runIdFor(fleet, repository, await breakProject(fleet, repository), within)
    }),
  )
  await Promise.all(runs.map((runId) => untilPhase(fleet, runId, within, new Set(inTheMiddle))))
  for (const runId of runs) expect(inTheMiddle).toContain(runOf(await ledgerOf(fleet.database.sql, runId))?.phase)
  await blow()
  for (const runId of runs) {
    expect((await untilPhase(fleet, runId, within)).phase).toBe("fixed")
    expect(await judgeAtRest(fleet, runId)).toEqual([])
  }
}

describe("a fleet in mid-run", () => {
  it("loses nothing when the broker's whole store is deleted", () => strike(["wipe-1", "wipe-2"], () => fleet.nats.wipe()))

  it("goes on when the broker was frozen for a while", () =>
    strike(["freeze-1"], async () => {
      fleet.nats.freeze()
      await new Promise((resolve) => setTimeout(resolve, 5_000))
      fleet.nats.thaw()
    }))

  it("goes on when the database was killed and recovered", () =>
    strike(["database-1", "database-2"], async () => {
      await fleet.database.kill()
      await fleet.database.start()
    }))
})
