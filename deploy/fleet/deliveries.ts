import type { Fleet } from "./fleet.ts"
import { waitUntil } from "./ledger-of.ts"

/**
 * Waits until every webhook of the forge was taken. GitHub delivers a failed one again only when it is told to, as its operator
 * does here; what was accepted needs no one.
 */
export const untilDelivered = (fleet: Fleet, withinMs: number): Promise<true> =>
  waitUntil(
    "every webhook to be taken",
    async () => {
      await fleet.forge.settle()
      const tried = await fleet.forge.deliveries()
      const taken = new Set(tried.filter(({ statusCode }) => statusCode === 202).map(({ guid }) => guid))
      const lost = tried.filter(({ guid, redelivery }) => !redelivery && !taken.has(guid))
      for (const { id } of lost) await fleet.forge.redeliver({ id })
      return lost.length === 0 ? true : undefined
    },
    withinMs,
  )

/** How many commands of a run are due and not yet answered. */
export const openCommands = async (fleet: Fleet, runId: string): Promise<number> => {
  const [row] = await fleet.database
    .sql`select count(*)::int as n from command where run_id = ${runId} and closed_at is null and not_before <= now()`
  return Number(row?.["n"])
}
