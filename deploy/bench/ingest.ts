/** How many signed 10 KB webhooks a second are accepted, each committed with fsync before its 202. */
import { join } from "node:path"
import { checkout } from "@ci-fix-pilot/machine/process-tools"
import { cpuMs, percentile, startHouse } from "./house.ts"
import { migrate } from "./migrate.ts"
import type { Sent } from "./webhook.ts"

const rounds = 5
const perRound = 5_000
const connections = 128

interface Round {
  readonly perSecond: number
  readonly cpuMsPerWebhook: number
  readonly p50: number
  readonly p99: number
}

/** The sender is a process of its own, so that it does not share the receiver's thread. */
const sendFrom = async (url: string, secret: string, from: number): Promise<Sent> => {
  const child = Bun.spawn(
    [process.execPath, join(checkout(), "deploy/bench/webhook.ts"), url, secret, `${from}`, `${perRound}`, `${connections}`],
    { stdout: "pipe", stdin: "ignore", env: { ...Bun.env, BUN_CONFIG_MAX_HTTP_REQUESTS: "512" } },
  )
  return JSON.parse(await new Response(child.stdout).text())
}

export const ingest = async () => {
  const house = await startHouse([])
  try {
    await migrate(house)
    await house.start("ingest")
    const results: Array<Round> = []
    for (let round = 0; round < rounds; round += 1) {
      const before = cpuMs(house.pid("ingest"))
      const sent = await sendFrom(house.ingestUrl, house.secret, 1 + round * perRound)
      const cpu = cpuMs(house.pid("ingest")) - before
      results.push({
        perSecond: sent.accepted / sent.seconds,
        cpuMsPerWebhook: cpu / sent.accepted,
        p50: percentile(sent.latencies, 0.5),
        p99: percentile(sent.latencies, 0.99),
      })
    }
    const [stored] = await house.sql`select count(*)::int as n from inbox`
    const median = (pick: (result: Round) => number) => percentile(results.map(pick), 0.5)
    return {
      webhooksPerSecond: Math.round(median((r) => r.perSecond)),
      cpuMsPerWebhook: median((r) => r.cpuMsPerWebhook),
      p50Ms: median((r) => r.p50),
      p99Ms: median((r) => r.p99),
      sent: rounds * perRound,
      stored: stored?.["n"],
      rounds: results,
    }
  } finally {
    await house.stop()
  }
}
