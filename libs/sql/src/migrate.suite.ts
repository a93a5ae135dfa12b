/** What bringing a schema up to date promises, on every database. */
import { Effect } from "effect"
import { expect, it } from "vitest"
import { type Migration, MigrationChanged, migrate } from "./migrate.ts"
import { freshTable, type OnSql } from "./Sql.suite.ts"
import { Sql } from "./Sql.ts"

const two = (service: string): ReadonlyArray<Migration> => [
  { service, name: "0001-first", script: `create table ${service} (n int); insert into ${service} values (1);` },
  { service, name: "0002-second", script: `insert into ${service} values (2);` },
]
const rowsOf = (table: string) =>
  Sql.use((sql) => Effect.map(sql.query(`select n from ${table} order by n`), (rows) => rows.map((row) => row["n"])))

/** Holds a database to them. */
export const holdsMigrations = (on: OnSql) => {
  it("applies each migration once, in order, however often it runs", () =>
    on(
      Effect.gen(function* () {
        const service = freshTable()
        yield* migrate(two(service))
        yield* migrate(two(service))
        expect(yield* rowsOf(service)).toEqual([1, 2])
      }),
    ))

  it("applies only what is new", () =>
    on(
      Effect.gen(function* () {
        const service = freshTable()
        yield* migrate(two(service).slice(0, 1))
        yield* migrate(two(service))
        expect(yield* rowsOf(service)).toEqual([1, 2])
      }),
    ))

  it("applies each once when several processes start together", () =>
    on(
      Effect.gen(function* () {
        const service = freshTable()
        yield* Effect.all(
          Array.from({ length: 4 }, () => migrate(two(service))),
          { concurrency: "unbounded" },
        )
        expect(yield* rowsOf(service)).toEqual([1, 2])
      }),
    ))

  it("lets one of two histories win that start together, and refuses the other", () =>
    on(
      Effect.gen(function* () {
        const service = freshTable()
        const other = two(service).map((one) => ({ ...one, script: `${one.script} -- another` }))
        const exits = yield* Effect.all([Effect.exit(migrate(two(service))), Effect.exit(migrate(other))], { concurrency: 2 })
        expect(exits.map(({ _tag }) => _tag).sort()).toEqual(["Failure", "Success"])
        expect(yield* rowsOf(service)).toEqual([1, 2])
      }),
    ))

  it("refuses to start on a history that was changed", () =>
    on(
      Effect.gen(function* () {
        const service = freshTable()
        yield* migrate(two(service))
        const changed = two(service).map((one) => ({ ...one, script: `${one.script} -- changed` }))
        expect(yield* Effect.flip(migrate(changed))).toEqual(new MigrationChanged({ service, name: "0001-first" }))
      }),
    ))

  it("leaves nothing of a migration that fails, and applies it when it is mended", () =>
    on(
      Effect.gen(function* () {
        const service = freshTable()
        const [first] = two(service)
        if (first === undefined) throw new Error("no migration")
        const broken = { ...first, script: `${first.script} selekt 1;` }
        expect(yield* Effect.flip(migrate([broken]))).toMatchObject({ _tag: "SqlError", code: "42601" })
        yield* migrate([first])
        expect(yield* rowsOf(service)).toEqual([1])
      }),
    ))
}
