import { type Row, Sql } from "@ci-fix-pilot/sql/Sql"
import { Effect, Exit } from "effect"
import { expect, it } from "vitest"
import { databaseTime } from "./database-time.ts"

const told = (rows: ReadonlyArray<Row>) => {
  const sql = Sql.of({ query: () => Effect.succeed(rows), transaction: () => Effect.die("none"), script: () => Effect.die("none") })
  return Effect.runSync(Effect.exit(Effect.provideService(databaseTime, Sql, sql)))
}

it("tells the database's time, and takes no answer for no time of all", () => {
  expect(told([{ now: 1_764_000_000.25 }])).toEqual(Exit.succeed(1_764_000_000.25))
  expect(Exit.hasDies(told([]))).toBe(true)
})
