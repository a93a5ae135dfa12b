import { rowsOf, Sql } from "@ci-fix-pilot/sql/Sql"
import { Effect, Schema } from "effect"

const rows = rowsOf(Schema.Struct({ now: Schema.Finite }))

/** The database's time (s since 1970): the only clock that decisions know. */
export const databaseTime = Effect.gen(function* () {
  const [row] = yield* Effect.flatMap((yield* Sql).query("select extract(epoch from now())::float8 as now"), rows)
  return row === undefined ? yield* Effect.die("a select without a table gave no row") : row.now
})
