/** What every database layer promises. */
import { Deferred, Effect, Fiber, type Layer, Logger } from "effect"
import { expect, it } from "vitest"
import { Sql } from "./Sql.ts"

let count = 0
/** A table of its own for each test. */
export const freshTable = () => {
  count += 1
  return `t${count}`
}

/** Runs on a database of the layer that is being held to this. */
export type OnSql = <A>(work: Effect.Effect<A, unknown, Sql>) => Promise<A>
export const onLayer =
  (layer: Layer.Layer<Sql, unknown>): OnSql =>
  (work) =>
    Effect.runPromise(Effect.scoped(Effect.provide(work, [layer, Logger.layer([])])))

/** A table of numbers, and how to read it. */
const numbers = Effect.gen(function* () {
  const sql = yield* Sql
  const table = freshTable()
  yield* sql.query(`create table ${table} (n int primary key)`)
  const all = Effect.map(sql.query(`select n from ${table} order by n`), (rows) => rows.map((row) => row["n"]))
  return { sql, table, insert: `insert into ${table} values ($1)`, all }
})

const statements = (on: OnSql) => {
  it("takes parameters of every kind, and gives them back", () =>
    on(
      Effect.gen(function* () {
        const sql = yield* Sql
        const at = new Date("2026-02-09T14:41:00.123Z")
        const bytes = new Uint8Array([0, 1, 255])
        const [row] = yield* sql.query(
          "select $1::text as text, $2::int as int, $3::double precision as float, $4::boolean as bool, $5::text as nothing, $6::timestamptz as at, $7::bytea as bytes",
          ["it's $1; drop table", 42, 0.1, true, null, at, bytes],
        )
        expect(row).toMatchObject({ text: "it's $1; drop table", int: 42, float: 0.1, bool: true, nothing: null, at })
        expect([...new Uint8Array(Object(row)["bytes"])]).toEqual([0, 1, 255])
      }),
    ))

  it("takes lists and objects as one JSON text, and gives jsonb back as values", () =>
    on(
      Effect.gen(function* () {
        const sql = yield* Sql
        const list = JSON.stringify([
          { id: "a", data: { deep: ["'", '"', "\\", "🔥"] } },
          { id: "b", data: null },
        ])
        const rows = yield* sql.query("select id, data from jsonb_to_recordset($1::text::jsonb) as x(id text, data jsonb) order by id", [
          list,
        ])
        expect(rows).toEqual([
          { id: "a", data: { deep: ["'", '"', "\\", "🔥"] } },
          { id: "b", data: null },
        ])
      }),
    ))

  it("gives what a statement returns, and nothing for one that returns nothing", () =>
    on(
      Effect.gen(function* () {
        const { sql, table, insert, all } = yield* numbers
        expect(yield* sql.query(insert, [1])).toEqual([])
        expect(yield* sql.query(`insert into ${table} values (2) returning n + 1 as next`)).toEqual([{ next: 3 }])
        expect(yield* all).toEqual([1, 2])
      }),
    ))

  it.each([
    ["a repeated key", "23505", (table: string) => `insert into ${table} values (1), (1)`],
    ["a table that is not there", "42P01", (table: string) => `select from ${table}_gone`],
    ["nonsense", "42601", () => "selekt 1"],
    ["a value that does not fit", "22P02", () => "select 'x'::int"],
  ])("says what is wrong by its SQLSTATE, and that repeating does not help: %s", (_, code, statement) =>
    on(
      Effect.gen(function* () {
        const { sql, table } = yield* numbers
        expect(yield* Effect.flip(sql.query(statement(table)))).toMatchObject({ _tag: "SqlError", code, retryable: false })
        expect(yield* sql.query("select 1 as one")).toEqual([{ one: 1 }])
      }),
    ),
  )
}

const transactions = (on: OnSql) => {
  it.each(["40001", "40P01"])("says that another try may go well after a conflict (%s)", (code) =>
    on(
      Effect.gen(function* () {
        const { sql, insert, all } = yield* numbers
        const conflict = `do $$ begin raise exception 'changed meanwhile' using errcode = '${code}'; end $$`
        const work = sql.transaction((query) => Effect.andThen(query(insert, [1]), query(conflict)))
        expect(yield* Effect.flip(work)).toMatchObject({ _tag: "SqlError", code, retryable: true })
        expect(yield* all).toEqual([])
      }),
    ),
  )

  it("commits what a transaction did, and gives its result", () =>
    on(
      Effect.gen(function* () {
        const { sql, insert, all } = yield* numbers
        const result = yield* sql.transaction((query) => Effect.as(Effect.andThen(query(insert, [1]), query(insert, [2])), "done"))
        expect([result, yield* all]).toEqual(["done", [1, 2]])
      }),
    ))

  it.each([
    ["its work fails", Effect.fail("no")],
    ["its work crashes", Effect.die(new Error("defect"))],
  ])("rolls everything back when %s", (_, ending) =>
    on(
      Effect.gen(function* () {
        const { sql, insert, all } = yield* numbers
        const exit = yield* Effect.exit(sql.transaction((query) => Effect.andThen(query(insert, [1]), ending)))
        expect([exit._tag, yield* all]).toEqual(["Failure", []])
      }),
    ),
  )

  it("rolls everything back when a statement fails, and tells of that statement", () =>
    on(
      Effect.gen(function* () {
        const { sql, insert, all } = yield* numbers
        const error = yield* Effect.flip(sql.transaction((query) => Effect.andThen(query(insert, [1]), query(insert, [1]))))
        expect([error.code, yield* all]).toEqual(["23505", []])
      }),
    ))

  it("rolls everything back when it is interrupted, and the next one goes on", () =>
    on(
      Effect.gen(function* () {
        const { sql, insert, all } = yield* numbers
        const inside = yield* Deferred.make<void>()
        const endless = sql.transaction((query) =>
          query(insert, [1]).pipe(Effect.andThen(Deferred.succeed(inside, undefined)), Effect.andThen(Effect.never)),
        )
        const running = yield* Effect.forkChild(endless)
        yield* Deferred.await(inside)
        yield* Fiber.interrupt(running)
        yield* sql.transaction((query) => query(insert, [2]))
        expect(yield* all).toEqual([2])
      }),
    ))

  it("shows nobody what is not committed, and mixes no two", () =>
    on(
      Effect.gen(function* () {
        const { sql, table, insert } = yield* numbers
        yield* sql.query(insert, [0])
        const step = sql.transaction((query) =>
          Effect.flatMap(query(`select n from ${table} for update`), ([row]) =>
            query(`update ${table} set n = $1`, [Number(row?.["n"]) + 1]),
          ),
        )
        yield* Effect.all(
          Array.from({ length: 20 }, () => step),
          { concurrency: "unbounded" },
        )
        expect(yield* sql.query(`select n from ${table}`)).toEqual([{ n: 20 }])
      }),
    ))
}

const scripts = (on: OnSql) => {
  it("runs a script of several statements as one", () =>
    on(
      Effect.gen(function* () {
        const { sql, table, all } = yield* numbers
        yield* sql.script(`insert into ${table} values (1); -- a remark; with a semicolon\ninsert into ${table} values (2);`)
        expect(yield* all).toEqual([1, 2])
        const error = yield* Effect.flip(sql.script(`insert into ${table} values (3); insert into ${table} values (3);`))
        expect([error.code, yield* all]).toEqual(["23505", [1, 2]])
      }),
    ))
}

/** Holds a database to its promises. */
export const holdsSql = (on: OnSql) => {
  statements(on)
  transactions(on)
  scripts(on)
}
