import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { startRolesWorld } from "./postgres/roles-world.suite.ts"
import { withDatabase } from "./postgres/with-database.ts"

let world: Awaited<ReturnType<typeof startRolesWorld>>
const as = (role: string, statement: string) => world.as(role, statement)

beforeAll(async () => {
  world = await startRolesWorld()
  await world.script("roles.sql")
  for (const service of ["memory", "planner"]) expect(await world.migrateAs(service)).toEqual([])
})
afterAll(() => world?.stop())

const refused = expect.stringMatching(/permission denied/)

describe("the roles of the database", () => {
  const add = (source: string, messageId: string) =>
    `insert into inbox (source, key, run_id, type, body, body_sha256, message_id, traceparent)
     values ('${source}', 'k', 'run_1', 't', '{}', '', '${messageId}', '') on conflict do nothing returning source`

  it.each([
    ["ingest", ["webhook", "github"], ["review", "resend"]],
    ["api", ["review", "resend"], ["webhook", "github"]],
  ])("%s may add to the inbox what comes from its own sources, and change nothing in it", async (role, own, others) => {
    expect(await as(role, "select * from inbox")).toBeInstanceOf(Array)
    for (const source of own) expect(await as(role, add(source, `inbox:${source}:1`))).toEqual([{ source }])
    const notAllowed = expect.stringMatching(/violates row-level security policy/u)
    for (const source of [...others, "other"]) expect(await as(role, add(source, `inbox:${source}:2`))).toEqual(notAllowed)
    for (const source of others) expect(await as(role, add(own[0] ?? "", `inbox:${source}:2`))).toEqual(notAllowed)
    expect(await as(role, "update inbox set outcome = '{}'")).toEqual(refused)
    expect(await as(role, "delete from inbox")).toEqual(refused)
  })

  it("the api reads the ledger and writes nothing of it", async () => {
    for (const table of ["run", "run_event", "command", "dead_letter", "memory"]) {
      expect(await as("api", `select 1 from ${table}`)).toEqual([])
      expect(await as("api", `delete from ${table}`)).toEqual(refused)
    }
  })

  it("the api alone keeps who is signed in", async () => {
    expect(await as("api", "insert into session (name, reviewer, expires_at) values ('n', 'ada', now())")).toEqual([])
    expect(await as("api", "update session set ended_at = now()")).toEqual([])
    for (const role of ["ingest", "memory"]) expect(await as(role, "select 1 from session")).toEqual(refused)
    expect(await as("api", "delete from session")).toEqual([])
  })

  it("ingest sees how a run stands and nothing else of it", async () => {
    expect(await as("ingest", "select status from run")).toEqual([])
    for (const table of ["run_event", "command", "dead_letter", "applied", "memory"])
      expect(await as("ingest", `select 1 from ${table}`)).toEqual(refused)
  })

  it("memory and planner keep to their own tables", async () => {
    expect(await as("memory", "select 1 from run_event")).toEqual(refused)
    expect(await as("planner", "select 1 from memory")).toEqual(refused)
    expect(await as("planner", "select 1 from migration")).toEqual([])
  })

  it("nobody changes the past, its maker included", async () => {
    for (const role of withDatabase)
      for (const statement of ["update run_event set type = 'x'", "delete from run_event", "truncate run_event"])
        expect(await as(role, statement)).toEqual(refused)
  })

  it("the past leaves in one way only: whole runs that ended long ago, by a function that planner may call and nobody may change", async () => {
    const old = "now() - interval '100 days'"
    const runs = `insert into run (run_id, repository, branch, commit_sha, title, status, phase, max_attempts, state, seq, updated_at, stopped_at)
      values ('run_old', 'a/b', 'main', '', '', 'escalated', 'escalated', 3, '{}', 1, ${old}, ${old}), ('run_new', 'a/b', 'main', '', '', 'queued', 'queued', 3, '{}', 1, ${old}, null)`
    expect(await as("planner", runs)).toEqual([])
    for (const [at, run] of ["run_old", "run_new"].entries())
      expect(
        await as(
          "planner",
          `insert into run_event (run_id, seq, position, type, traceparent, data) values ('${run}', 1, ${at}, 't', '', '{}')`,
        ),
      ).toEqual([])
    const forget = "select forget_ended_runs(interval '90 days', 10) as runs"
    for (const role of ["ingest", "memory", "api"]) expect(await as(role, forget)).toEqual(refused)
    for (const statement of [
      "delete from run_event",
      "set role keeper",
      "set ci_fix_pilot.forgetting = 'whole runs'; delete from run_event",
    ])
      expect(await as("planner", statement)).toEqual(refused)
    expect(await as("planner", forget)).toEqual([{ runs: 1 }])
    expect(await as("planner", "select run_id from run_event")).toEqual([{ run_id: "run_new" }])
    expect(await as("planner", "drop function forget_ended_runs(interval, int)")).toEqual(expect.stringMatching(/must be owner/))
    const other = "create function forget_ended_runs() returns int language sql security definer as 'delete from run_event returning 1'"
    expect(await as("planner", `${other}; select forget_ended_runs()`)).toEqual(refused)
  })

  const trick = "create function public.cardinality(text[]) returns int language sql volatile as 'delete from public.run_event returning 1'"

  it("memory makes no code that others might run by mistake", async () => {
    for (const statement of [
      trick,
      "create function pg_temp.cardinality(text[]) returns int language sql as 'select 1'",
      "create procedure public.p() language sql as 'select 1'",
      "create aggregate public.first(int) (sfunc = int4pl, stype = int)",
      "create operator public.=== (function = int4eq, leftarg = int, rightarg = int)",
      "create type public.floor as range (subtype = int)",
    ])
      expect(await as("memory", statement)).toEqual("memory makes tables and indexes, and nothing that others might run")
  })

  it("a function of the same name as one of the database's own gets no hold of the ledger", async () => {
    const old = "now() - interval '100 days'"
    await as(
      "planner",
      `insert into run (run_id, repository, branch, commit_sha, title, status, phase, max_attempts, state, seq, updated_at, stopped_at)
       values ('run_tricked', 'a/b', 'main', '', '', 'escalated', 'escalated', 3, '{}', 1, ${old}, ${old});
       insert into run_event (run_id, seq, position, type, traceparent, data) values ('run_kept', 1, 7, 't', '', '{}')`,
    )
    const entries = async () => await as("planner", "select count(*)::int as n from run_event")
    const before = await entries()
    expect(before).toEqual([{ n: expect.toSatisfy((n) => n > 0) }])
    expect(await as("planner", trick)).toEqual([])
    expect(await as("planner", "select forget_ended_runs(interval '90 days', 10) as runs")).toEqual([{ runs: 1 }])
    expect(await entries()).toEqual(before)
    expect(await as("planner", "drop function public.cardinality(text[])")).toEqual([])
  })

  it("only those who own tables make tables", async () => {
    for (const role of ["ingest", "api"]) expect(await as(role, "create table mine (n int)")).toEqual(refused)
  })
})
