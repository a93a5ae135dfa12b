import { crashPoint } from "@ci-fix-pilot/actor/crash-point"
import type { Policy } from "@ci-fix-pilot/lifecycle/policy"
import { Sql, type SqlError } from "@ci-fix-pilot/sql/Sql"
import { Effect } from "effect"
import type { CommittedEntry, Dispatch } from "./Ledger.ts"
import { type Item, planBatch } from "./plan-batch.ts"
import { refuse } from "./put-aside.ts"
import { RecentRuns } from "./RecentRuns.ts"
import { readBatch } from "./read-batch.ts"
import { writeBatch } from "./write-batch.ts"

/** What a committed batch leaves to be said: ledger entries for readers, and commands that are due. */
export interface Applied {
  readonly entries: ReadonlyArray<CommittedEntry>
  readonly commands: ReadonlyArray<Dispatch>
}

const nothing: Applied = { entries: [], commands: [] }

/** Something changed between reading and writing. Whoever changed it has got on, so trying again ends. */
const outrun = { while: (error: SqlError) => error.code === "40001", times: 20 }

/** Applies a batch: reads, decides, and writes all of it in one commit; a repeated message writes nothing. Fails with SqlError, and then nothing was written. */
export const applyBatch = (items: ReadonlyArray<Item>, policy: Policy) =>
  Effect.gen(function* () {
    const { query } = yield* Sql
    const recent = yield* RecentRuns
    const { fresh, rows, commandRows, facts, expected } = yield* readBatch(query, items)
    const wanted = items.filter(({ id }) => fresh.has(id))
    if (wanted.length === 0) return nothing
    const plan = planBatch(wanted, rows, commandRows, facts, policy)
    yield* crashPoint("planner.apply-events:decided")
    yield* Effect.forEach(plan.refused, refuse, { discard: true })
    if (plan.applied.length === 0) return nothing
    const entries = yield* writeBatch(query, plan, policy, { ...expected, ids: plan.applied })
    recent.remember(plan)
    return { entries, commands: plan.commands.filter(({ delayMs }) => delayMs === 0) }
  }).pipe(
    // What was remembered of them may be why: trying again reads.
    Effect.onError(() => Effect.map(RecentRuns, ({ forget }) => forget(items.map(({ runId }) => runId)))),
    Effect.retry(outrun),
    Effect.withSpan("planner.apply-batch", { attributes: { items: items.length } }),
  )
