/** What the idle fleet keeps in memory: every service a process, and the broker; Postgres not counted. */
import { allServices, startFleet } from "../fleet/fleet.ts"
import { residentMib } from "./house.ts"

const settleMs = 15_000

export const idle = async () => {
  const fleet = await startFleet({ settings: { CI_HEALING_SANDBOX: "bubblewrap" } })
  try {
    await Bun.sleep(settleMs)
    const each = Object.fromEntries([
      ...allServices.map((name) => [name, residentMib(fleet.process(name).pid)]),
      ["nats", residentMib(fleet.nats.pid())],
    ])
    return { mib: Math.round(Object.values(each).reduce((sum: number, one) => sum + Number(one), 0)), each }
  } finally {
    await fleet.stop()
  }
}
