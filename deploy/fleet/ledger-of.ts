import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import type { Entry } from "@ci-fix-pilot/lifecycle/invariants"
import { evolve, type Run } from "@ci-fix-pilot/lifecycle/run"
import type postgres from "postgres"

/** A run's ledger as it stands in the database. */
export const ledgerOf = async (sql: postgres.ISql, runId: string): Promise<ReadonlyArray<Entry>> =>
  (await sql`select seq, type, data from run_event where run_id = ${runId} order by seq`).map(({ seq, type, data }) => ({
    seq,
    ...({ type, data } as RunEvent),
  }))

/** The run that its ledger tells. */
export const runOf = (entries: ReadonlyArray<Entry>): Run | undefined => entries.reduce<Run | undefined>(evolve, undefined)

/**
 * Asks again, each 50 ms, until the answer is there; rejects with what was waited for and what was seen last. What is asked may be
 * away for a while: that is no answer either.
 */
export const waitUntil = async <A>(
  what: string,
  ask: () => Promise<A | undefined>,
  withinMs: number,
  seen: () => Promise<unknown> = async () => "",
): Promise<A> => {
  const end = performance.now() + withinMs
  let trouble: unknown
  while (performance.now() < end) {
    const answer = await ask().catch((error: unknown) => {
      trouble = error
    })
    if (answer !== undefined) return answer
    await Bun.sleep(50)
  }
  const last = await seen().catch((error: unknown) => String(error))
  throw new Error(
    `waited ${withinMs} ms for ${what}; last seen: ${JSON.stringify(last)}${trouble === undefined ? "" : `; last trouble: ${trouble}`}`,
  )
}
