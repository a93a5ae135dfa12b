import type { Sql } from "@ci-fix-pilot/sql/Sql"
import * as Pglite from "@ci-fix-pilot/sql/Sql.pglite"
import * as Postgres from "@ci-fix-pilot/sql/Sql.postgres"
import { type PostgresServer, startPostgres } from "@ci-fix-pilot/testkit/database"
import { Effect, Exit, Scope } from "effect"
import { afterAll, beforeAll } from "vitest"
import { memoriesSuite } from "./Memories.suite.ts"

let server: PostgresServer
let url: string
let pglite: typeof Sql.Service
const scope = Effect.runSync(Scope.make())
beforeAll(async () => {
  server = await startPostgres()
  url = await server.freshDatabase()
  pglite = await Effect.runPromise(Scope.provide(Pglite.make(undefined), scope))
})
afterAll(async () => {
  await server?.stop()
  await Effect.runPromise(Scope.close(scope, Exit.void))
})

/** A new database takes longer than a test: each finds the same one, empty. */
const emptied = (sql: typeof Sql.Service) =>
  Effect.as(Effect.orDie(sql.script("drop table if exists memory; drop table if exists migration;")), sql)

memoriesSuite(
  "Memories on Postgres",
  Effect.flatMap(
    Effect.suspend(() => Postgres.make(url, 2)),
    emptied,
  ),
)
memoriesSuite(
  "Memories on PGlite",
  Effect.suspend(() => emptied(pglite)),
)
