import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type PostgresServer, startPostgres } from "@ci-fix-pilot/testkit/database"
import { Effect, Layer, Logger, ManagedRuntime } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { holdsMigrations } from "./migrate.suite.ts"
import { migrate } from "./migrate.ts"
import * as PGlite from "./Sql.pglite.ts"
import * as Postgres from "./Sql.postgres.ts"
import { holdsSql, type OnSql, onLayer } from "./Sql.suite.ts"
import { Sql } from "./Sql.ts"

describe("Postgres as a server", () => {
  let server: PostgresServer
  let url: string
  beforeAll(async () => {
    server = await startPostgres()
    url = await server.freshDatabase()
  })
  afterAll(() => server?.stop())

  const on: OnSql = (work) => onLayer(Layer.effect(Sql, Postgres.make(url, 4)))(work)
  holdsSql(on)
  holdsMigrations(on)

  it("lets a migration wait for a lock for five seconds at most: whoever comes after it waits, too", () => {
    const migration = { service: "waits", name: "0001-first", script: "alter table held add column more int;" }
    const work = Effect.gen(function* () {
      const sql = yield* Sql
      yield* sql.script("create table held (n int)")
      const held = sql.transaction((query) =>
        Effect.andThen(query("select n from held"), Effect.timeout(Effect.flip(migrate([migration])), "9 seconds")),
      )
      expect(yield* held).toMatchObject({ _tag: "SqlError", code: "55P03", retryable: true })
      yield* migrate([migration])
      expect(yield* sql.query("select more from held")).toEqual([])
    })
    return on(work)
  })

  it.each([
    ["nobody listens", () => "postgres://postgres@127.0.0.1:1/none"],
    ["it was stopped by an operator", () => url],
  ])("says that another try may go well when %s", (reason, address) => {
    const statement = reason === "nobody listens" ? "select 1" : "select pg_terminate_backend(pg_backend_pid())"
    const work = Effect.flip(Sql.use((sql) => sql.query(statement)))
    return onLayer(Layer.effect(Sql, Postgres.make(address(), 1)))(Effect.map(work, ({ retryable }) => expect(retryable).toBe(true)))
  })
})

describe("Postgres in this process", () => {
  const folder = mkdtempSync(join(tmpdir(), "pglite-"))
  const scoped = ManagedRuntime.make(Layer.merge(PGlite.layer(join(folder, "data")), Logger.layer([])))
  const on: OnSql = (work) => scoped.runPromise(work)
  afterAll(async () => {
    await scoped.dispose()
    rmSync(folder, { recursive: true, force: true })
  })

  holdsSql(on)
  holdsMigrations(on)

  it("keeps its data in its folder", async () => {
    const kept = join(folder, "kept")
    const opened = <A>(work: Effect.Effect<A, unknown, Sql>) => onLayer(PGlite.layer(kept))(work)
    await opened(Sql.use((sql) => sql.script("create table kept (n int); insert into kept values (7);")))
    expect(await opened(Sql.use((sql) => sql.query("select n from kept")))).toEqual([{ n: 7 }])
  })
})
