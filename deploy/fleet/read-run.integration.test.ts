import { startPostgres } from "@ci-fix-pilot/testkit/database"
import postgres from "postgres"
import { afterAll, beforeAll, expect, it } from "vitest"
import { readRun } from "./read-run.ts"

let server: Awaited<ReturnType<typeof startPostgres>>
let sql: postgres.Sql

beforeAll(async () => {
  server = await startPostgres()
  sql = postgres(await server.freshDatabase(), { max: 4, onnotice: () => {} })
  await sql.unsafe(`
    create table run (run_id text, seq int, state jsonb);
    create table run_event (run_id text, seq int, type text, data jsonb, caused_by text);
    create table inbox (run_id text, applied_at timestamptz, received_at timestamptz);
    insert into run values ('r', 0, '{}')`)
})
afterAll(async () => {
  await sql?.end()
  await server?.stop()
})

it("reads a run's row and its ledger as of one moment, while the run goes on", async () => {
  let reading = true
  const planner = (async () => {
    for (let seq = 1; reading; seq++)
      await sql.begin(
        (tx) => tx`with entry as (insert into run_event values ('r', ${seq}, 'merged', '{}', 'm')) update run set seq = ${seq}`,
      )
  })()
  const seen: Array<Awaited<ReturnType<typeof readRun>>> = []
  while (seen.length < 50 || (seen.at(-1)?.entries.length ?? 0) < 10) seen.push(await readRun(sql, "r"))
  reading = false
  await planner
  expect(seen.map(({ row }) => row?.["seq"])).toEqual(seen.map(({ entries }) => entries.length))
})
