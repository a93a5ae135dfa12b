import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { startRolesWorld } from "./postgres/roles-world.suite.ts"
import { withDatabase } from "./postgres/with-database.ts"

let world: Awaited<ReturnType<typeof startRolesWorld>>
beforeEach(async () => {
  world = await startRolesWorld()
})
afterEach(() => world?.stop())

const old = "now() - interval '100 days'"
const firstSchema = "0003"

/** A fleet as the first ones were, with a run that ended long ago. */
const firstFleet = async () => {
  await world.script("roles-at-first.sql")
  expect([...(await world.migrateAs("memory")), ...(await world.migrateAs("planner", "0", firstSchema))]).toEqual([])
  expect(
    await world.as(
      "planner",
      `insert into run (run_id, repository, branch, commit_sha, title, status, phase, max_attempts, state, seq, updated_at, stopped_at)
       values ('run_old', 'a/b', 'main', '', '', 'escalated', 'escalated', 3, '{}', 1, ${old}, ${old});
       insert into run_event (run_id, seq, position, type, traceparent, data) values ('run_old', 1, 1, 't', '', '{}')`,
    ),
  ).toEqual([])
}

const exchangeContainers = async () => expect(await world.migrateAs("planner", firstSchema)).toEqual([])
const runRoles = () => world.script("roles.sql")

describe("a fleet that was made with the first roles", () => {
  it.each([
    ["before its containers are exchanged", [runRoles, exchangeContainers]],
    ["after it", [exchangeContainers, runRoles]],
    ["both times", [runRoles, exchangeContainers, runRoles]],
  ] as const)("forgets runs and lets people sign in once the roles were brought up to date: %s", async (_, steps) => {
    await firstFleet()
    for (const step of steps) await step()
    expect(await world.as("api", "insert into session (name, reviewer, expires_at) values ('n', 'ada', now())")).toEqual([])
    expect(await world.as("planner", "select forget_ended_runs(interval '90 days', 10) as runs")).toEqual([{ runs: 1 }])
    expect(await world.as("planner", "select run_id from run_event")).toEqual([])
    for (const role of withDatabase)
      expect(await world.as(role, "delete from run_event")).toEqual(expect.stringMatching(/permission denied/))
  })
})

describe("a fleet whose keeper has the function of the version before", () => {
  it("gets the new one by itself, and loses the old one when the roles are brought up to date", async () => {
    await runRoles()
    expect([...(await world.migrateAs("memory")), ...(await world.migrateAs("planner", "0", "0005"))]).toEqual([])
    await world.as(
      "postgres",
      "alter function forget_runs(interval, int) owner to keeper; grant execute on function forget_runs to planner",
    )
    expect(await world.migrateAs("planner", "0005")).toEqual([])
    const forget = (name: string) => world.as("planner", `select ${name}(interval '90 days', 10) as runs`)
    expect([await forget("forget_ended_runs"), await forget("forget_runs")]).toEqual([[{ runs: 0 }], [{ runs: 0 }]])
    await runRoles()
    expect([await forget("forget_ended_runs"), await forget("forget_runs")]).toEqual([
      [{ runs: 0 }],
      expect.stringMatching(/does not exist/),
    ])
  })
})
