/** What the idle fleet keeps in memory: every service a process, built as its image builds it, and the broker; Postgres not counted. */
import { Service } from "@ci-fix-pilot/contract/ids"
import { startFleet } from "../fleet/fleet.ts"
import { proportionalMib, residentMib } from "./house.ts"

const settleMs = 15_000

/** `mib` counts the pages of the Bun program, which all services share, once for each of them; `proportionalMib` once. */
export const idle = async () => {
  const fleet = await startFleet({ settings: { CI_HEALING_SANDBOX: "bubblewrap" } })
  try {
    await Bun.sleep(settleMs)
    const pids = [...Service.literals.map((name) => [name, fleet.process(name).pid] as const), ["nats", fleet.nats.pid()] as const]
    const measured = (measure: (pid: number) => number) => Object.fromEntries(pids.map(([name, pid]) => [name, measure(pid)]))
    const sum = (each: Readonly<Record<string, number>>) => Math.round(Object.values(each).reduce((total, one) => total + one, 0))
    const each = measured(residentMib)
    return { mib: sum(each), proportionalMib: sum(measured(proportionalMib)), each }
  } finally {
    await fleet.stop()
  }
}
