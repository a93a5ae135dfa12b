import { spawn } from "node:child_process"
import { join } from "node:path"
import type { Service } from "@ci-fix-pilot/contract/ids"
import { findPostgres } from "@ci-fix-pilot/machine/database-binaries"
import { checkout } from "@ci-fix-pilot/machine/process-tools"
import { startPostgres } from "@ci-fix-pilot/testkit/database"
import postgres from "postgres"
import { withDatabase } from "../postgres/with-database.ts"

export interface FleetDatabase {
  /** The superuser's connection, for tests that look. */
  readonly sql: postgres.Sql
  /** Each service's own URL, with its own role. */
  readonly urls: Readonly<Partial<Record<Service, string>>>
  readonly kill: () => Promise<void>
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** Runs the roles script as an operator does: with psql, passwords in the environment. */
const makeRoles = (url: string, passwords: Readonly<Record<string, string>>) =>
  new Promise<void>((resolve, reject) => {
    const binaries = findPostgres()
    const psql = Bun.which("psql") ?? (binaries === undefined ? "psql" : join(binaries.bin, "psql"))
    const child = spawn(psql, ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", join(checkout(), "deploy/postgres/roles.sql"), url], {
      env: { ...Bun.env, ...passwords },
      stdio: ["ignore", "ignore", "pipe"],
    })
    let said = ""
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString()
    })
    child.once("error", reject)
    child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`roles.sql: ${said}`))))
  })

/** A real Postgres, fsync on, with the fleet's roles. */
export const startFleetDatabase = async (): Promise<FleetDatabase> => {
  const server = await startPostgres()
  const url = await server.freshDatabase()
  const passwords = Object.fromEntries(
    withDatabase.map((service) => [`CI_HEALING_DATABASE_PASSWORD_${service.toUpperCase()}`, crypto.randomUUID()]),
  )
  await makeRoles(url, passwords)
  const urlOf = (service: Service) => {
    const own = new URL(url)
    own.username = service
    own.password = passwords[`CI_HEALING_DATABASE_PASSWORD_${service.toUpperCase()}`] ?? ""
    return own.toString()
  }
  const sql = postgres(url, { max: 4, onnotice: () => {}, idle_timeout: 5 })
  return {
    sql,
    urls: Object.fromEntries(withDatabase.map((service) => [service, urlOf(service)])),
    kill: server.kill,
    start: server.start,
    stop: async () => {
      await sql.end({ timeout: 1 })
      await server.stop()
    },
  }
}
