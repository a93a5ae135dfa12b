/** How long after a kill -9 every run that it interrupted is done, when the process is started again at once. */
import { followRuns } from "../watch/follow-runs.ts"
import { type House, startHouse } from "./house.ts"
import { flood } from "./webhook.ts"

const runs = 40
const handMs = 400

const fixed = async (house: House) => Number((await house.sql`select count(*)::int as n from run where phase = 'fixed'`)[0]?.["n"])

/** Kills a process while its runs are in the middle of a command, starts it again, and waits for all of them. */
const interrupt = async (victim: string) => {
  const house = await startHouse(["planner", "ingest", "hands"], { BENCH_HAND_MS: `${handMs}` })
  try {
    const following = await followRuns(house.natsUrl)
    await flood(house.ingestUrl, house.secret, 1, runs, 16)
    await following.until(
      "runs in a sandbox",
      () => following.runs().filter(({ run }) => run.phase === "validating" || run.phase === "proposing").length >= runs / 4,
      60_000,
    )
    const killedAt = performance.now()
    await house.kill(victim)
    await house.start(victim)
    while ((await fixed(house)) < runs) {
      if (performance.now() - killedAt > 60_000)
        throw new Error(`${await fixed(house)} of ${runs} runs were done a minute after ${victim} was killed`)
      await Bun.sleep(10)
    }
    const seconds = (performance.now() - killedAt) / 1_000
    const [doubled] =
      await house.sql`select count(*)::int as n from (select run_id from run_event where type = 'pull-request-opened' group by 1 having count(*) > 1) x`
    await following.close()
    return { seconds: Math.round(seconds * 100) / 100, doubled: doubled?.["n"] }
  } finally {
    await house.stop()
  }
}

export const recovery = async () => ({
  runs,
  handMs,
  killed: { hands: await interrupt("hands"), planner: await interrupt("planner"), ingest: await interrupt("ingest") },
})
