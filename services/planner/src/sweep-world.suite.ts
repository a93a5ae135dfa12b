/** Runs as the sweep finds them in the database. */
import { defaultPolicy } from "@ci-fix-pilot/lifecycle/policy"
import { evolve, type Run } from "@ci-fix-pilot/lifecycle/run"
import { migrate } from "@ci-fix-pilot/sql/migrate"
import { Sql } from "@ci-fix-pilot/sql/Sql"
import * as Postgres from "@ci-fix-pilot/sql/Sql.postgres"
import { startPostgres } from "@ci-fix-pilot/testkit/database"
import { ciFailed, runIdOf } from "@ci-fix-pilot/testkit/scripted-answers"
import { Effect, Layer } from "effect"
import { afterAll, beforeAll } from "vitest"
import { migrations } from "./migrations.ts"
import { writeBatch } from "./write-batch.ts"

export const pullRequest = { number: 7, url: "http://forge.test/7", branch: "ci-fix-pilot/x", headSha: "c".repeat(40), adopted: false }
export const begun = evolve(undefined, { type: "ci-failed", data: ciFailed(1) })
export const healed: Run = { ...begun, phase: "fixed", deliveryStarted: true, pullRequest: { ...pullRequest, state: "open" } }

/** Writes runs as the planner does, and lets an hour pass for them. */
export const given = (runs: ReadonlyArray<Run>) =>
  Effect.gen(function* () {
    const sql = yield* Sql
    yield* migrate(migrations())
    const rows = new Map(runs.map((state, n) => [runIdOf(n), { seq: 1, state, isNew: true }]))
    const plan = { entries: [], runs: rows, commands: [], changes: [], over: [], outcomes: new Map() }
    yield* sql.transaction((query) => writeBatch(query, plan, defaultPolicy))
    yield* sql.query("update run set updated_at = updated_at - interval '1 hour'")
    return sql
  })

/** Gives each test of a file a database of its own. */
export const freshDatabases = () => {
  let database: Awaited<ReturnType<typeof startPostgres>>
  beforeAll(async () => {
    database = await startPostgres()
  })
  afterAll(() => database?.stop())
  return async <A, E>(work: Effect.Effect<A, E, Sql>) => {
    const url = await database.freshDatabase()
    return Effect.runPromise(Effect.provide(work, Layer.effect(Sql, Postgres.make(url, 2))))
  }
}
