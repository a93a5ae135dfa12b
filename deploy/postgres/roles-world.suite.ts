/** A database server with the roles of the fleet, for the tests that ask what each of them may do. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { findPostgres } from "@ci-fix-pilot/machine/database-binaries"
import { checkout } from "@ci-fix-pilot/machine/process-tools"
import { startPostgres } from "@ci-fix-pilot/testkit/database"
import postgres from "postgres"
import { run } from "../provision/shell.ts"
import { withDatabase } from "./with-database.ts"

const withSuperuser = async (url: string, work: (sql: postgres.Sql) => Promise<unknown>) => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    await work(sql)
  } finally {
    await sql.end()
  }
}

/** A server with one database, with a name if told, and ways to work in it as each of the roles. The caller stops it. */
export const startRolesWorld = async (name?: string) => {
  const binaries = findPostgres()
  const server = await startPostgres()
  const database = name === undefined ? await server.freshDatabase() : new URL(name, server.url).href
  if (name !== undefined) await withSuperuser(server.url, (sql) => sql.unsafe(`create database ${name}`))

  /** What a shell needs for the database's own programs to find themselves and this server. */
  const environment: Readonly<Record<string, string>> = {
    PATH: `${binaries?.bin}:${Bun.env["PATH"]}`,
    LD_LIBRARY_PATH: binaries?.libraryPath.join(":") ?? "",
    PGHOST: "127.0.0.1",
    PGPORT: `${server.port}`,
    ...Object.fromEntries(withDatabase.map((role) => [`CI_HEALING_DATABASE_PASSWORD_${role.toUpperCase()}`, `it's ${role}`])),
  }

  /** What the database says to a statement of this role: its rows, or the reason why not. */
  const as = async (role: string, statement: string): Promise<unknown> => {
    const url = new URL(database)
    url.username = role
    const sql = postgres(url.href, { max: 1, onnotice: () => undefined })
    try {
      return [...(await sql.unsafe(statement))]
    } catch (error) {
      return error instanceof Error ? error.message : error
    } finally {
      await sql.end()
    }
  }

  /** Runs a script of this folder as an operator does: as the superuser, with psql, passwords in the environment. */
  const script = (name: string) =>
    run(join(binaries?.bin ?? "", "psql"), ["-X", "-v", "ON_ERROR_STOP=1", "-f", join(checkout(), "deploy/postgres", name), database], {
      env: environment,
    })

  /** Applies the migrations of a service as itself, those from `first` until before `end` by name; returns what was refused. */
  const migrateAs = async (service: string, first = "0", end = "9") => {
    const folder = join(checkout(), "services", service, "src/migrations")
    await as(service, "create table if not exists migration (service text, name text, sha256 text, primary key (service, name))")
    const names = readdirSync(folder).filter((name) => name.endsWith(".sql") && name >= first && name < end)
    const refused = []
    for (const name of names.sort()) {
      const answer = await as(service, readFileSync(join(folder, name), "utf8"))
      if (!Array.isArray(answer)) refused.push(answer)
    }
    return refused
  }

  return { as, script, migrateAs, environment, stop: server.stop }
}
