import { layer as memory } from "@ci-fix-pilot/actor/Bus.memory"
import { defaultPolicy } from "@ci-fix-pilot/lifecycle/policy"
import { migrate } from "@ci-fix-pilot/sql/migrate"
import { Sql } from "@ci-fix-pilot/sql/Sql"
import * as Postgres from "@ci-fix-pilot/sql/Sql.postgres"
import { startPostgres } from "@ci-fix-pilot/testkit/database"
import { ciFailed, runIdOf } from "@ci-fix-pilot/testkit/scripted-answers"
import { Effect, Layer } from "effect"
import { afterAll, beforeAll, expect, it } from "vitest"
import { applyItems } from "./apply-events.ts"
import { migrations } from "./migrations.ts"
import { PolicyConfig } from "./PolicyConfig.ts"
import type { Item } from "./plan-batch.ts"
import { SentMarks } from "./SentMarks.ts"

let database: Awaited<ReturnType<typeof startPostgres>>
beforeAll(async () => {
  database = await startPostgres()
})
afterAll(() => database?.stop())

const traceparent = "00-00000000000000000000000000000000-0000000000000000-00"
const failed = (n: number): Item => {
  const runId = runIdOf(n)
  const message = { id: `inbox:webhook:${n}`, at: "", runId, traceparent, type: "ci-failed" as const, data: ciFailed(n) }
  return { id: message.id, runId, traceparent, what: { kind: "message", message, saidOn: undefined } }
}

/** Applies four failures where a run takes so long (s) to be written, and a statement may take 400 ms. */
const applied = async (seconds: string) => {
  const url = await database.freshDatabase()
  const prepare = Effect.andThen(
    migrate(migrations()),
    Sql.use((sql) =>
      sql.script(`create function slowly() returns trigger language plpgsql as $$ begin perform pg_sleep(${seconds}); return new; end $$;
        create trigger slowly before insert on run for each row execute function slowly();`),
    ),
  )
  await Effect.runPromise(Effect.provide(prepare, Layer.effect(Sql, Postgres.make(url, 1))))
  const sql = Layer.effect(Sql, Postgres.make(url, 2, { statementMs: 400, silentMs: 30_000 }))
  const layer = Layer.mergeAll(memory, SentMarks.layer.pipe(Layer.provideMerge(sql)), Layer.succeed(PolicyConfig, defaultPolicy))
  const work = Effect.gen(function* () {
    yield* applyItems([1, 2, 3, 4].map(failed))
    const { query } = yield* Sql
    const runs = yield* query("select run_id from run order by run_id")
    const letters = yield* query("select message_id, why from dead_letter")
    return { runs: runs.map((row) => row["run_id"]), letters }
  })
  return Effect.runPromise(Effect.provide(work, layer))
}

it("applies in smaller batches what takes longer than a statement may", async () => {
  expect(await applied("0.15")).toEqual({ runs: [1, 2, 3, 4].map(runIdOf), letters: [] })
})

it("puts aside only the message that takes too long each time", async () => {
  const { runs, letters } = await applied(`case when new.run_id = '${runIdOf(3)}' then 60 else 0 end`)
  expect(runs).toEqual([1, 2, 4].map(runIdOf))
  expect(letters).toEqual([{ message_id: "inbox:webhook:3", why: expect.stringContaining("statement timeout") }])
})
