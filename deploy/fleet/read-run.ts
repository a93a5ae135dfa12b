import type postgres from "postgres"
import { ledgerOf } from "./ledger-of.ts"

/**
 * All that the database holds of a run, as of one moment: a run that has ended may still be told of what others found since, and
 * its row and its ledger, read one after the other, would then belong to different moments.
 */
export const readRun = (database: postgres.Sql, runId: string) =>
  database.begin("isolation level repeatable read read only", async (sql) => {
    const [row] = await sql`select seq, state from run where run_id = ${runId}`
    const entries = await ledgerOf(sql, runId)
    const appliedTwice =
      await sql`select caused_by from run_event where run_id = ${runId} and type in ('reproduced', 'fix-validated', 'pull-request-opened') group by 1 having count(distinct (seq)) > 1`
    const unapplied =
      await sql`select 1 from inbox where run_id = ${runId} and applied_at is null and received_at < now() - interval '5 seconds'`
    return { row, entries, appliedTwice: appliedTwice.length, unapplied: unapplied.length }
  })
