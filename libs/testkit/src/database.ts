/** A real Postgres with pgvector and fsync on, owned by the tests; every test gets a database of its own. */
import { chmodSync } from "node:fs"
import { chown, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { findPostgres, type PostgresBinaries } from "@ci-fix-pilot/machine/database-binaries"
import { freePort } from "@ci-fix-pilot/machine/free-port"
import { ProcessFailed, type Running, startProcess, ToolMissing } from "@ci-fix-pilot/machine/process"
import { accountFor } from "@ci-fix-pilot/machine/process-account"
import postgres from "postgres"
import { readableByAll } from "./database-copy.ts"

export interface PostgresServer {
  readonly port: number
  /** The superuser's URL of the maintenance database. */
  readonly url: string
  /** A new, empty database with the `vector` extension; returns its URL. Gone with the server. */
  readonly freshDatabase: () => Promise<string>
  readonly output: () => string
  /** SIGQUIT, its immediate shutdown: no checkpoint, so the next start recovers as after a crash. */
  readonly kill: () => Promise<void>
  /** Starts it again after `kill`, on the same port and data. */
  readonly start: () => Promise<void>
  /** Ends it and removes its data. */
  readonly stop: () => Promise<void>
}

const settings = (port: number, directory: string) =>
  Object.entries({
    port: `${port}`,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: directory,
    fsync: "on",
    max_connections: "200",
    shared_buffers: "64MB",
    // Known to the server itself: a small container may have no time zones.
    timezone: "GMT",
    log_timezone: "GMT",
    jit: "off",
  }).flatMap(([name, value]) => ["-c", `${name}=${value}`])

/** Makes a cluster in a temporary folder and starts it on a free port. Throws ToolMissing or ProcessFailed. The caller stops it. */
export const startPostgres = async (): Promise<PostgresServer> => {
  const binaries = findPostgres()
  if (binaries === undefined) throw new ToolMissing({ tool: "Postgres 15 or newer with pgvector", run: "npm test" })
  const directory = await mkdtemp(join(tmpdir(), "postgres-"))
  try {
    return await startIn(directory, binaries)
  } catch (error) {
    await rm(directory, { recursive: true, force: true })
    throw error
  }
}

const startIn = async (directory: string, binaries: PostgresBinaries): Promise<PostgresServer> => {
  const account = accountFor("postgres", "nobody")
  const { bin, libraryPath } = account === undefined ? binaries : await readableByAll(binaries)
  if (account !== undefined) await chown(directory, account.uid, account.gid)
  chmodSync(directory, 0o700)
  const data = join(directory, "data")
  const run = (program: string, args: ReadonlyArray<string>, ready?: RegExp) =>
    startProcess({
      command: join(bin, program),
      args,
      cwd: directory,
      env: {
        LC_ALL: "C.UTF-8",
        HOME: directory,
        ...(libraryPath.length > 0 ? { LD_LIBRARY_PATH: libraryPath.join(":") } : {}),
      },
      ...(account === undefined ? {} : { user: account }),
      ...(ready === undefined ? {} : { ready }),
    })
  const initdb = await run("initdb", ["-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"])
  if ((await initdb.exited) !== 0) throw new ProcessFailed({ command: "initdb", why: "failed", output: initdb.output() })

  const port = await freePort()
  const startServer = () => run("postgres", ["-D", data, ...settings(port, directory)], /database system is ready to accept connections/)
  let server: Running = await startServer()
  const url = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`
  await execute(url("template1"), "create extension vector")
  let databases = 0
  return {
    port,
    url: url("postgres"),
    output: () => server.output(),
    freshDatabase: async () => {
      databases += 1
      const name = `test_${databases}`
      await execute(url("postgres"), `create database ${name}`)
      return url(name)
    },
    kill: () => server.stop("SIGQUIT"),
    start: async () => {
      server = await startServer()
    },
    stop: async () => {
      // What will never be read again need not be written down first, which takes seconds on a busy disk.
      await server.stop("SIGQUIT")
      await rm(directory, { recursive: true, force: true })
    },
  }
}

const execute = async (url: string, statement: string) => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    await sql.unsafe(statement)
  } finally {
    await sql.end()
  }
}
