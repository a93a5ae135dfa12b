import { readdirSync, readFileSync } from "node:fs"
import type { Sql } from "postgres"
import { cpuMs, percentile } from "./house.ts"
import { flood, webhook } from "./webhook.ts"

const many = 2_000
const perSecond = 20
/** The first runs of services that have just started: what they run is not compiled yet. They are counted apart. */
const cold = 200
const warm = 300
const paced = cold + warm

/** Programs that take a webhook to an opened pull request, or to what stands for one. */
export interface Runner {
  readonly sql: Sql
  readonly ingestUrl: string
  readonly secret: string
  /** Process ids of the programs, by the names that they are shown with; Postgres aside. */
  readonly pids: Readonly<Record<string, number>>
  /** Names each run whose pull request is open from now on, until what it gives is called. */
  readonly follow: (opened: (runId: string) => void) => Promise<() => Promise<void>>
  /** How many runs have got there. */
  readonly countOpened: () => Promise<number>
  /** How many commands are not answered yet. */
  readonly countWaiting: () => Promise<number>
}

const untilOpened = async (runner: Runner, count: number) => {
  const end = performance.now() + 120_000
  while ((await runner.countOpened()) < count) {
    if (performance.now() > end) throw new Error(`only ${await runner.countOpened()} of ${count} runs got there`)
    await Bun.sleep(50)
  }
}

/** Postgres is one process per connection. */
const databasePids = async (sql: Sql) => {
  const [row] = await sql`select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid`
  const own = Number(row?.["pid"])
  const isOwn = (pid: number) => {
    try {
      return pid === own || Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ")[1]) === own
    } catch {
      return false
    }
  }
  return readdirSync("/proc").map(Number).filter(isOwn)
}

/** Starts counting CPU time; what it gives says how much each program has used since, for each of so many runs (ms), and all together. */
const countCpu = async (runner: Runner) => {
  const each = {
    ...Object.fromEntries(Object.entries(runner.pids).map(([name, pid]) => [name, [pid]])),
    postgres: await databasePids(runner.sql),
  }
  const used = () => Object.entries(each).map(([name, pids]) => [name, pids.reduce((sum, pid) => sum + cpuMs(pid), 0)] as const)
  const before = new Map(used())
  return (runs: number) => {
    const perRun = used().map(([name, ms]) => [name, (ms - (before.get(name) ?? 0)) / runs] as const)
    return { ...Object.fromEntries(perRun), all: perRun.reduce((sum, [, ms]) => sum + ms, 0) }
  }
}

const latency = async (runner: Runner) => {
  const began = new Map<string, { readonly n: number; readonly at: number }>()
  const took: { readonly cold: Array<number>; readonly warm: Array<number> } = { cold: [], warm: [] }
  const stop = await runner.follow((runId) => {
    const start = began.get(runId)
    if (start !== undefined) took[start.n < cold ? "cold" : "warm"].push(performance.now() - start.at)
  })
  let cpuPerRun = await countCpu(runner)
  for (let n = 0; n < paced; n += 1) {
    if (n === cold) cpuPerRun = await countCpu(runner)
    const { body, headers } = webhook(1_000_000 + n, runner.secret)
    const at = performance.now()
    void fetch(`${runner.ingestUrl}/v1/ci-healing/webhook`, { method: "POST", body, headers }).then(async (answer) => {
      const { runId } = (await answer.json()) as { runId: string }
      began.set(runId, { n, at })
    })
    await Bun.sleep(1_000 / perSecond)
  }
  await untilOpened(runner, paced)
  const cpu = cpuPerRun(warm)
  await Bun.sleep(200)
  await stop()
  const [coldP50Ms, p50Ms, p99Ms] = [percentile(took.cold, 0.5), percentile(took.warm, 0.5), percentile(took.warm, 0.99)]
  return { coldP50Ms, p50Ms, p99Ms, measured: took.warm.length, pacedCpuMsPerRun: cpu }
}

const throughput = async (runner: Runner) => {
  const cpuPerRun = await countCpu(runner)
  const start = performance.now()
  await flood(runner.ingestUrl, runner.secret, 1, many, 64)
  await untilOpened(runner, paced + many)
  const seconds = (performance.now() - start) / 1_000
  return { runsPerSecond: Math.round(many / seconds), cpuMsPerRun: cpuPerRun(many) }
}

/** How long a run takes at 20 a second, how many a second there can be, and what each costs. */
export const measureRuns = async (runner: Runner) => {
  // The paced part first: a flood leaves the disk busy for a while, and every hop of a run waits for it.
  const atPace = await latency(runner)
  // What is left behind must not be measured with what comes after it.
  while ((await runner.countWaiting()) > 0) await Bun.sleep(50)
  return { ...atPace, ...(await throughput(runner)) }
}
