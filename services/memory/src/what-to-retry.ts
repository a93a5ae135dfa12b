import { Retry } from "@ci-fix-pilot/actor/outcome"
import type { SqlError } from "@ci-fix-pilot/sql/Sql"

/** The database did not do it; it may later. */
export const databaseAway = ({ code, message }: SqlError) =>
  new Retry({ reason: `the database: ${message.slice(0, 500)} (${code})`, afterMs: 5_000 })
