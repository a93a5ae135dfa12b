import { crashPoint } from "@ci-fix-pilot/actor/crash-point"
import type { Policy } from "@ci-fix-pilot/lifecycle/policy"
import { Sql } from "@ci-fix-pilot/sql/Sql"
import { Effect } from "effect"
import type { CommittedEntry, Dispatch } from "./Ledger.ts"
import { type Item, planBatch } from "./plan-batch.ts"
import { claim, countedRepositories, lockCommands, lockRuns, readFacts } from "./read-batch.ts"
import { writeBatch } from "./write-batch.ts"

/** What a committed batch leaves to be said: ledger entries for readers, and commands that are due. */
export interface Applied {
  readonly entries: ReadonlyArray<CommittedEntry>
  readonly commands: ReadonlyArray<Dispatch>
}

const nothing: Applied = { entries: [], commands: [] }

/** Applies a batch in one transaction; a repeated message writes nothing. Fails with SqlError, and then nothing was written. */
export const applyBatch = (items: ReadonlyArray<Item>, policy: Policy) =>
  Effect.gen(function* () {
    const sql = yield* Sql
    return yield* sql.transaction((query) =>
      Effect.gen(function* () {
        const fresh = yield* claim(query, items)
        const once = new Set<string>()
        const wanted = items.filter(({ id }) => fresh.has(id) && !once.has(id) && once.add(id))
        if (wanted.length === 0) return nothing
        const repositories = yield* countedRepositories(query, wanted)
        const [rows, commandRows] = yield* Effect.all([lockRuns(query, wanted), lockCommands(query, wanted)], { concurrency: "unbounded" })
        const facts = yield* readFacts(query, repositories, wanted)
        const plan = planBatch(wanted, rows, commandRows, facts, policy)
        const entries = yield* writeBatch(query, plan, policy)
        yield* crashPoint("planner.apply-events:written")
        return { entries, commands: plan.commands.filter(({ delayMs }) => delayMs === 0) }
      }),
    )
  }).pipe(Effect.withSpan("planner.apply-batch", { attributes: { items: items.length } }))
