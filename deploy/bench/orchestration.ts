/**
 * How many runs a second go from webhook to an open pull request with hands that answer at once, and how long one takes at 20 a second.
 * The floor is what the same messages and commits take when nothing is done with them, right after it.
 */
import { followRuns } from "../watch/follow-runs.ts"
import { floor } from "./floor.ts"
import { startHouse } from "./house.ts"
import { measureRuns } from "./measure-runs.ts"

const ourselves = async () => {
  const house = await startHouse(["planner", "ingest", "hands"])
  const { sql, ingestUrl, secret, pid, natsUrl } = house
  const first = async (rows: Promise<ReadonlyArray<Readonly<Record<string, unknown>>>>) => Number((await rows)[0]?.["n"])
  try {
    return await measureRuns({
      sql,
      ingestUrl,
      secret,
      pids: { ingest: pid("ingest"), planner: pid("planner"), hands: pid("hands"), nats: pid("nats") },
      follow: async (opened) => {
        const following = await followRuns(natsUrl, ({ type, runId }) => {
          if (type === "pull-request-opened") opened(runId)
        })
        return following.close
      },
      countOpened: () => first(sql`select count(*)::int as n from run where phase = 'fixed'`),
      countWaiting: () => first(sql`select count(*)::int as n from command where closed_at is null`),
    })
  } finally {
    await house.stop()
  }
}

export const orchestration = async () => {
  const reached = await ourselves()
  const least = await floor()
  const timesTheFloor = {
    p50Ms: reached.p50Ms / least.p50Ms,
    pacedCpuMsPerRun: reached.pacedCpuMsPerRun.all / least.pacedCpuMsPerRun.all,
    runsPerSecond: reached.runsPerSecond / least.runsPerSecond,
    cpuMsPerRun: reached.cpuMsPerRun.all / least.cpuMsPerRun.all,
  }
  return { ...reached, floor: least, timesTheFloor }
}
