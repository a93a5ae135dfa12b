import type { Sql } from "@ci-fix-pilot/sql/Sql"
import * as Pglite from "@ci-fix-pilot/sql/Sql.pglite"
import * as Postgres from "@ci-fix-pilot/sql/Sql.postgres"
import { type PostgresServer, startPostgres } from "@ci-fix-pilot/testkit/database"
import { Effect, Scope } from "effect"
import { afterAll, beforeAll } from "vitest"
import { memoriesSuite } from "./Memories.suite.ts"

let server: PostgresServer
let pglite: typeof Sql.Service
const scope = Effect.runSync(Scope.make())
beforeAll(async () => {
  server = await startPostgres()
  pglite = await Effect.runPromise(Scope.provide(Pglite.make(undefined), scope))
})
afterAll(async () => {
  await server?.stop()
  await Effect.runPromise(Scope.close(scope, Effect.runSync(Effect.exit(Effect.void))))
})

memoriesSuite(
  "Memories on Postgres",
  Effect.flatMap(
    Effect.promise(() => server.freshDatabase()),
    (url) => Postgres.make(url, 2),
  ),
)

/** Starting one takes seconds: the tests share it, each with empty tables. */
memoriesSuite(
  "Memories on PGlite",
  Effect.suspend(() => Effect.as(pglite.script("drop table if exists memory; drop table if exists migration;"), pglite)).pipe(Effect.orDie),
)
