/** How many runs a second go from webhook to an open pull request with hands that answer at once, and how long one takes at 20 a second. */
import { readdirSync, readFileSync } from "node:fs"
import { followRuns } from "../watch/follow-runs.ts"
import { cpuMs, type House, percentile, startHouse } from "./house.ts"
import { flood, webhook } from "./webhook.ts"

const many = 2_000
const perSecond = 20
/** The first runs of services that have just started: what they run is not compiled yet. They are counted apart. */
const cold = 200
const warm = 300
const paced = cold + warm

const fixedRuns = async (house: House) => Number((await house.sql`select count(*)::int as n from run where phase = 'fixed'`)[0]?.["n"])

const untilFixed = async (house: House, count: number) => {
  const end = performance.now() + 120_000
  while ((await fixedRuns(house)) < count) {
    if (performance.now() > end) throw new Error(`only ${await fixedRuns(house)} of ${count} runs were fixed`)
    await Bun.sleep(50)
  }
}

/** Nothing is left to do: what the flood left behind must not be measured as the latency of what comes after it. */
const untilQuiet = async (house: House) => {
  const open = async () => Number((await house.sql`select count(*)::int as n from command where closed_at is null`)[0]?.["n"])
  while ((await open()) > 0) await Bun.sleep(50)
}

/** Postgres is one process per connection. */
const databasePids = async (house: House) => {
  const [row] = await house.sql`select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int as pid`
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

const throughput = async (house: House) => {
  const names = ["ingest", "planner", "hands", "nats"]
  const pids = [...names.map((name) => [house.pid(name)]), await databasePids(house)]
  const used = () => pids.map((each) => each.reduce((sum, pid) => sum + cpuMs(pid), 0))
  const before = used()
  const start = performance.now()
  await flood(house.ingestUrl, house.secret, 1, many, 64)
  await untilFixed(house, paced + many)
  const seconds = (performance.now() - start) / 1_000
  const after = used()
  const cpu = Object.fromEntries([...names, "postgres"].map((name, index) => [name, ((after[index] ?? 0) - (before[index] ?? 0)) / many]))
  return { runsPerSecond: Math.round(many / seconds), cpuMsPerRun: cpu }
}

const latency = async (house: House) => {
  const began = new Map<string, { readonly n: number; readonly at: number }>()
  const took: { readonly cold: Array<number>; readonly warm: Array<number> } = { cold: [], warm: [] }
  const following = await followRuns(house.natsUrl, (entry) => {
    const start = began.get(entry.runId)
    if (entry.type === "pull-request-opened" && start !== undefined)
      took[start.n < cold ? "cold" : "warm"].push(performance.now() - start.at)
  })
  for (let n = 0; n < paced; n += 1) {
    const { body, headers } = webhook(1_000_000 + n, house.secret)
    const at = performance.now()
    void fetch(`${house.ingestUrl}/v1/ci-healing/webhook`, { method: "POST", body, headers }).then(async (answer) => {
      const { runId } = (await answer.json()) as { runId: string }
      began.set(runId, { n, at })
    })
    await Bun.sleep(1_000 / perSecond)
  }
  await untilFixed(house, paced)
  await Bun.sleep(200)
  await following.close()
  const [coldP50Ms, p50Ms, p99Ms] = [percentile(took.cold, 0.5), percentile(took.warm, 0.5), percentile(took.warm, 0.99)]
  return { coldP50Ms, p50Ms, p99Ms, measured: took.warm.length }
}

export const orchestration = async () => {
  const house = await startHouse(["planner", "ingest", "hands"])
  try {
    // The paced part first: a flood leaves the disk busy for a while, and every hop of a run waits for it.
    const paced = await latency(house)
    await untilQuiet(house)
    return { ...paced, ...(await throughput(house)) }
  } finally {
    await house.stop()
  }
}
