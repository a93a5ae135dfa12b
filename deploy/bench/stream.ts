/** How many deliveries a second the live stream makes to 500 clients, each entry encoded once, and how soon the last client has an entry. */
import { join } from "node:path"
import { freePort } from "@ci-fix-pilot/machine/free-port"
import { checkout } from "@ci-fix-pilot/machine/process-tools"
import { cpuMs, type House, residentMib, startHouse } from "./house.ts"
import { migrate } from "./migrate.ts"
import type { Heard } from "./stream-clients.ts"

const clients = 500
const flood = 1_000
const paced = 100
const rounds = 3

const hear = async (apiPort: number, { natsUrl, databaseUrl }: House, count: number): Promise<Heard> => {
  const script = join(checkout(), "deploy/bench/stream-clients.ts")
  const child = Bun.spawn([process.execPath, script, `${apiPort}`, natsUrl, databaseUrl, `${count}`, `${flood}`, `${paced}`], {
    stdout: "pipe",
    stdin: "ignore",
  })
  return JSON.parse(await new Response(child.stdout).text())
}

const measure = async (count: number) => {
  const port = await freePort()
  const house = await startHouse([], { PORT: `${port}`, CI_HEALING_API_TOKEN: "" })
  try {
    await migrate(house)
    await house.start("api")
    const before = cpuMs(house.pid("api"))
    const heard = await hear(port, house, count)
    const cpu = cpuMs(house.pid("api")) - before
    return {
      deliveriesPerSecond: Math.round((heard.entries * count) / heard.seconds),
      entriesPerSecond: Math.round(heard.entries / heard.seconds),
      lastClientMs: heard.lastClient,
      apiCpuMsPerEntry: cpu / (heard.entries + paced),
      apiMib: Math.round(residentMib(house.pid("api"))),
      clientsThatMissedOrSawTwice: heard.wrong,
    }
  } finally {
    await house.stop()
  }
}

export const stream = async () => {
  const results = []
  for (let round = 0; round < rounds; round += 1) results.push(await measure(clients))
  const [, median] = results.toSorted((a, b) => a.deliveriesPerSecond - b.deliveriesPerSecond)
  return { clients, ...median, alone: await measure(1), rounds: results }
}
