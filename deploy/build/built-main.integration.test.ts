import { cpSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { startProcess } from "@ci-fix-pilot/machine/process"
import { startPostgres } from "@ci-fix-pilot/testkit/database"
import { startNatsServer } from "@ci-fix-pilot/testkit/nats-server"
import postgres from "postgres"
import { afterEach, describe, expect, it } from "vitest"
import { builtMain } from "./built-main.ts"

const undo: Array<() => unknown> = []
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one()
})

/** A built program where nothing else is: no sources, no packages. */
const alone = async (name: string) => {
  const folder = mkdtempSync(join(tmpdir(), "built-"))
  undo.push(() => rmSync(folder, { recursive: true, force: true }))
  cpSync(dirname(await builtMain(name)), folder, { recursive: true })
  return { main: join(folder, "main.js"), folder }
}

const nats = async () => {
  const server = await startNatsServer()
  undo.push(server.stop)
  return server.url
}

const start = async (name: string, env: Readonly<Record<string, string>>, ready?: RegExp) => {
  const { main, folder } = await alone(name)
  const running = await startProcess({
    command: process.execPath,
    args: [main],
    cwd: folder,
    env,
    ...(ready === undefined ? {} : { ready }),
  })
  undo.push(() => running.stop())
  return running
}

describe("a built service", () => {
  it.each(["ai", "github", "notifier", "validator"])("starts with nothing but Bun: %s", async (name) => {
    const workspace = mkdtempSync(join(tmpdir(), "built-workspace-"))
    undo.push(() => rmSync(workspace, { recursive: true, force: true }))
    const settings = { NATS_URL: await nats(), CI_HEALING_MIRROR_PORT: "0", CI_HEALING_WORKSPACE_DIR: workspace }
    await start(name, settings, new RegExp(`"${name} is up"`, "u"))
  })

  it("finds its migrations", async () => {
    const database = await startPostgres()
    undo.push(database.stop)
    const url = await database.freshDatabase()
    await start("planner", { NATS_URL: await nats(), DATABASE_URL: url }, /"planner is up"/u)
    const sql = postgres(url, { max: 1, onnotice: () => {} })
    undo.push(() => sql.end({ timeout: 1 }))
    expect((await sql`select count(*)::int as n from migration where service = 'planner'`)[0]?.["n"]).toBeGreaterThan(0)
  })

  it("says where in its sources it failed", async () => {
    const failed = await start("ingest", {
      NATS_URL: await nats(),
      DATABASE_URL: "postgres://127.0.0.1:1/none",
      CI_HEALING_HOST: "0.0.0.0",
    })
    expect(await failed.exited).toBe(1)
    expect(failed.output()).toMatch(/services\/ingest\/src\/settings\.ts:\d+/u)
  })
})
