import { crashPoint } from "@ci-fix-pilot/actor/crash-point"
import type { Policy } from "@ci-fix-pilot/lifecycle/policy"
import { type Query, Sql } from "@ci-fix-pilot/sql/Sql"
import { Effect } from "effect"
import type { CommittedEntry, Dispatch } from "./Ledger.ts"
import { type Item, planBatch } from "./plan-batch.ts"
import { claim, countedRepositories, lockCommands, lockRuns, needsCounts, readFacts } from "./read-batch.ts"
import { writeBatch } from "./write-batch.ts"

/** What a committed batch leaves to be said: ledger entries for readers, and commands that are due. */
export interface Applied {
  readonly entries: ReadonlyArray<CommittedEntry>
  readonly commands: ReadonlyArray<Dispatch>
}

const nothing: Applied = { entries: [], commands: [] }

const inFlight = { concurrency: "unbounded" } as const
const lock = (query: Query, items: ReadonlyArray<Item>) =>
  Effect.all({ rows: lockRuns(query, items), commandRows: lockCommands(query, items) }, inFlight)
const inOneFlight = (query: Query, items: ReadonlyArray<Item>) =>
  Effect.all({ fresh: claim(query, items), rows: lockRuns(query, items), commandRows: lockCommands(query, items) }, inFlight)

/** Applies a batch in one transaction; a repeated message writes nothing. Fails with SqlError, and then nothing was written. */
export const applyBatch = (items: ReadonlyArray<Item>, policy: Policy) =>
  Effect.gen(function* () {
    const sql = yield* Sql
    return yield* sql.transaction((query) =>
      Effect.gen(function* () {
        // Without counts there is no repository to lock before the runs: all of it is asked in one flight.
        const together = items.some(needsCounts) ? undefined : yield* inOneFlight(query, items)
        const fresh = together?.fresh ?? (yield* claim(query, items))
        const once = new Set<string>()
        const wanted = items.filter(({ id }) => fresh.has(id) && !once.has(id) && once.add(id))
        if (wanted.length === 0) return nothing
        const repositories = yield* countedRepositories(query, wanted)
        const { rows, commandRows } = together ?? (yield* lock(query, wanted))
        const facts = yield* readFacts(query, repositories, wanted)
        const plan = planBatch(wanted, rows, commandRows, facts, policy)
        const entries = yield* writeBatch(query, plan, policy)
        yield* crashPoint("planner.apply-events:written")
        return { entries, commands: plan.commands.filter(({ delayMs }) => delayMs === 0) }
      }),
    )
  }).pipe(Effect.withSpan("planner.apply-batch", { attributes: { items: items.length } }))
