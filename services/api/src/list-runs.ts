import { Effect } from "effect"
import { Runs, type RunsQuery } from "./Runs.ts"

const defaultPageSize = 20

/** A page of the runs, newest first, and how much of the ledger it has seen. */
export const listRuns = Effect.fn("api.list-runs")(function* (query: Partial<RunsQuery>) {
  const runs = yield* Runs
  const { page = 1, pageSize = defaultPageSize } = query
  // The position first: what is committed while the page is read is seen twice, never missed.
  const { position } = yield* runs.head
  const { items, total } = yield* runs.page({ ...query, page, pageSize })
  return { items, page, pageSize, total, position }
})
