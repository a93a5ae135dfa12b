import { readFileSync } from "node:fs"
import { freePort } from "@ci-fix-pilot/machine/free-port"
import { type Running, startProcess } from "@ci-fix-pilot/machine/process"
import { checkout } from "@ci-fix-pilot/machine/process-tools"
import { startPostgres } from "@ci-fix-pilot/testkit/database"
import { startNatsServer } from "@ci-fix-pilot/testkit/nats-server"
import postgres from "postgres"
import { builtMain } from "../build/built-main.ts"

/** The parts of a fleet that a bench needs, each a process of its own; Postgres with fsync on. */
export interface House {
  readonly sql: postgres.Sql
  readonly natsUrl: string
  readonly databaseUrl: string
  readonly ingestUrl: string
  readonly secret: string
  readonly pid: (name: string) => number
  readonly start: (name: string, settings?: Readonly<Record<string, string>>) => Promise<void>
  readonly kill: (name: string) => Promise<void>
  readonly stop: () => Promise<void>
}

/** Starts broker and database, then the named processes. */
export const startHouse = async (names: ReadonlyArray<string>, settings: Readonly<Record<string, string>> = {}): Promise<House> => {
  const [database, nats, ingestPort] = await Promise.all([startPostgres(), startNatsServer(), freePort()])
  const url = await database.freshDatabase()
  const secret = "bench"
  const running = new Map<string, Running>()
  const everyone = {
    NATS_URL: nats.url,
    DATABASE_URL: url,
    CI_HEALING_INGEST_PORT: `${ingestPort}`,
    CI_HEALING_WEBHOOK_SECRET: secret,
    CI_HEALING_WEBHOOKS_PER_MINUTE: "1000000",
    CI_HEALING_RUNS_PER_REPOSITORY: "100000",
    CI_HEALING_PULL_REQUESTS_PER_REPOSITORY: "1000000",
    ...settings,
  }
  const start: House["start"] = async (name, more) => {
    running.set(
      name,
      await startProcess({
        command: process.execPath,
        args: [await builtMain(name)],
        cwd: checkout(),
        env: { ...everyone, ...more },
        ready: new RegExp(`"${name} is up"`, "u"),
      }),
    )
  }
  const processOf = (name: string) => {
    const found = running.get(name)
    if (found === undefined) throw new Error(`${name} was not started`)
    return found
  }
  for (const name of names) await start(name)
  const sql = postgres(url, { max: 2, onnotice: () => {} })
  return {
    sql,
    natsUrl: nats.url,
    databaseUrl: url,
    ingestUrl: `http://127.0.0.1:${ingestPort}`,
    secret,
    pid: (name) => (name === "nats" ? nats.pid() : processOf(name).pid),
    start,
    kill: (name) => processOf(name).stop("SIGKILL"),
    stop: async () => {
      await sql.end({ timeout: 1 })
      await Promise.all([...running.values()].map((one) => one.stop()))
      await Promise.all([nats.stop(), database.stop()])
    },
  }
}

const ticksPerSecond = 100

/** CPU time (ms) that a process has used so far, user and system. */
export const cpuMs = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? []
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1_000
}

/** Resident memory of a process (MiB). */
export const residentMib = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/u.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1_024

/** What is a process's own of its resident memory, and its part of what it shares with others (MiB): these add up to what the machine gives. */
export const proportionalMib = (pid: number): number =>
  Number(/Pss:\s+(\d+)/u.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0) / 1_024

/** The p-th part (0 to 1) of some values. */
export const percentile = (values: ReadonlyArray<number>, p: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? Number.NaN
}
