import type { EventData } from "@ci-fix-pilot/contract/events"
import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import type { LedgerEntry, Remembered, RunSummary, Status } from "@ci-fix-pilot/contract/run-view"
import type { SqlError } from "@ci-fix-pilot/sql/Sql"
import { Context, type Effect, type Option } from "effect"

/** `text` is looked for in title, branch, commit, repository and run id. */
export interface RunsQuery {
  readonly page: number
  readonly pageSize: number
  readonly status?: Status
  readonly phase?: string
  readonly repository?: string
  readonly text?: string
}

/** A webhook on disk: its run exists from then on, even if nobody has begun it. */
export interface Accepted {
  readonly data: EventData<"ci-failed">
  readonly at: string
}

/** The end of a ledger. */
export interface Head {
  /** The last position that was committed; 0 for an empty ledger. */
  readonly position: number
  /** Which ledger it is a position of; undefined until the planner has given it a name. */
  readonly ledger: string | undefined
}

/** The read side of the ledger: it never writes a run. Layer: `Runs.postgres`. */
export class Runs extends Context.Service<
  Runs,
  {
    /** Newest first. */
    readonly page: (query: RunsQuery) => Effect.Effect<{ readonly items: ReadonlyArray<RunSummary>; readonly total: number }, SqlError>
    readonly find: (runId: string) => Effect.Effect<Option.Option<RunSummary>, SqlError>
    /** A run's ledger, in order. */
    readonly ledger: (runId: string) => Effect.Effect<ReadonlyArray<LedgerEntry & { readonly event: RunEvent }>, SqlError>
    /** Entries behind a position, of all runs or of one, in order. */
    readonly after: (position: number, limit: number, runId?: string) => Effect.Effect<ReadonlyArray<LedgerEntry>, SqlError>
    /** Where the ledger ends, and which one it is. */
    readonly head: Effect.Effect<Head, SqlError>
    /** A failure that was accepted for this run, whether or not the planner has seen it; none when what was accepted cannot be read. */
    readonly accepted: (runId: string) => Effect.Effect<Option.Option<Accepted>, SqlError>
    /** The memories that were to be kept, and whether they were. */
    readonly remembered: (runId: string) => Effect.Effect<ReadonlyArray<Remembered>, SqlError>
  }
>()("ci-fix-pilot/api/Runs") {}
