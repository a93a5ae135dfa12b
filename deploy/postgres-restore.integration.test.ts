/** The commands of docs/operating.md for a backup, its restoration and an upgrade, as they stand there, on a Postgres without containers. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { checkout } from "@ci-fix-pilot/machine/process-tools"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { startRolesWorld } from "./postgres/roles-world.suite.ts"
import { withDatabase } from "./postgres/with-database.ts"
import { run } from "./provision/shell.ts"

const manual = readFileSync(join(checkout(), "docs/operating.md"), "utf8")
const blocks = [...manual.matchAll(/^```sh\n([^`]*)^```$/gmu)].map(([, text = ""]) => text)
const blockWith = (words: string) => blocks.find((text) => text.includes(words)) ?? ""
const upgrade = blockWith("roles.sql")
const [backup = "", ...restore] = blockWith("pg_restore").split("\n")

/** Stands in for Docker's client: what runs inside the database's container runs here, what starts and stops containers does nothing. */
const docker = `#!/bin/sh
[ "$1 $2 $3 $4" = "compose exec -T postgres" ] || exit 0
shift 4
exec "$@"
`

let folder: string
const worlds: Array<Awaited<ReturnType<typeof startRolesWorld>>> = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "restore-"))
  writeFileSync(join(folder, "docker"), docker)
  chmodSync(join(folder, "docker"), 0o755)
})
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.stop()))
  rmSync(folder, { recursive: true, force: true })
})

const fleet = async () => {
  const world = await startRolesWorld("ci_fix_pilot")
  worlds.push(world)
  const { PATH = "", ...environment } = world.environment
  const shell = (lines: string) =>
    run("sh", ["-ec", lines.replaceAll(/(?<=[<>] )backup\b/gu, join(folder, "backup"))], {
      cwd: checkout(),
      env: { ...environment, PATH: `${folder}:${PATH}` },
    })
  await shell(upgrade)
  return { ...world, shell }
}

const old = "now() - interval '100 days'"
const write = (run: string, position: number) =>
  `insert into run (run_id, repository, branch, commit_sha, title, status, phase, max_attempts, state, seq, updated_at, stopped_at)
     values ('${run}', 'a/b', 'main', '', '', 'escalated', 'escalated', 3, '{}', 1, ${old}, ${old});
   insert into run_event (run_id, seq, position, type, traceparent, data) values ('${run}', 1, ${position}, 't', '', '{}');
   update ledger set position = ${position}`

/** A fleet with a past, and another after its backup. */
const lived = async () => {
  const world = await fleet()
  for (const service of ["memory", "planner"]) expect(await world.migrateAs(service)).toEqual([])
  expect(await world.as("planner", write("run_kept", 1))).toEqual([])
  await world.shell(backup)
  expect(await world.as("planner", write("run_left", 2))).toEqual([])
  return world
}

type World = Awaited<ReturnType<typeof fleet>>
const ledger = (world: World) => world.as("planner", "select id, position::int from ledger")
const refused = expect.stringMatching(/permission denied/)

const holdsRights = async ({ as }: World) => {
  for (const role of withDatabase) expect(await as(role, "delete from run_event")).toEqual(refused)
  for (const role of ["ingest", "memory"]) expect(await as(role, "select 1 from session")).toEqual(refused)
  expect(await as("api", "insert into session (name, reviewer, expires_at) values ('n', 'ada', now())")).toEqual([])
  expect(await as("ingest", "select 1 from run")).toEqual([{ "?column?": 1 }])
  const add = (source: string) =>
    `insert into inbox (source, key, run_id, type, body, body_sha256, message_id, traceparent) values ('${source}', 'k', 'r', 't', '{}', '', 'inbox:${source}:k', '')`
  expect(await as("ingest", add("webhook"))).toEqual([])
  expect(await as("ingest", add("review"))).toEqual(expect.stringMatching(/violates row-level security policy/u))
  expect(await as("memory", "create type public.floor as (n int)")).toEqual(expect.stringMatching(/memory makes tables and indexes/u))
  expect(await as("memory", "select count(*)::int as n from memory")).toEqual([{ n: 0 }])
  expect(await as("planner", "select forget_ended_runs(interval '90 days', 10) as runs")).toEqual([{ runs: 1 }])
}

describe("a backup of the fleet", () => {
  it("is put back over what happened since: the past, the rights, and a ledger of another name", async () => {
    const world = await lived()
    const before = await ledger(world)
    await world.shell(restore.join("\n"))
    expect(await world.as("planner", "select run_id from run_event")).toEqual([{ run_id: "run_kept" }])
    const after = await ledger(world)
    expect(after).toEqual([{ id: expect.stringMatching(/^[0-9a-f-]{36}$/u), position: 1 }])
    expect(after).not.toEqual([{ id: Array.isArray(before) ? before[0].id : "", position: 1 }])
    await holdsRights(world)
    await world.shell(upgrade)
    for (const role of withDatabase) expect(await world.as(role, "delete from run_event")).toEqual(refused)
  })

  it("is put back on a machine that has nothing but a new container", async () => {
    await lived()
    const world = await fleet()
    await world.shell(restore.join("\n"))
    expect(await world.as("planner", "select run_id from run_event")).toEqual([{ run_id: "run_kept" }])
    await holdsRights(world)
    await world.shell(upgrade)
    expect(await world.as("api", "select name from session")).toEqual([{ name: "n" }])
  })
})
