import type { Backlog, RepositoryTotals, Summary } from "@ci-fix-pilot/contract/metrics-view"
import type { Database } from "@ci-fix-pilot/contract/system-view"
import type { SqlError } from "@ci-fix-pilot/sql/Sql"
import { Context, type Effect } from "effect"

/** Counts over the ledger. Layer: `Totals.postgres`. */
export class Totals extends Context.Service<
  Totals,
  {
    readonly summary: (days: number) => Effect.Effect<Summary, SqlError>
    readonly repositories: (days: number) => Effect.Effect<ReadonlyArray<RepositoryTotals>, SqlError>
    readonly backlog: Effect.Effect<Backlog, SqlError>
    /** How the database itself is. */
    readonly database: Effect.Effect<Database, SqlError>
  }
>()("ci-fix-pilot/api/Totals") {}
