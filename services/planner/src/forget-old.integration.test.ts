import { defaultPolicy } from "@ci-fix-pilot/lifecycle/policy"
import { evolve, type Run } from "@ci-fix-pilot/lifecycle/run"
import { migrate } from "@ci-fix-pilot/sql/migrate"
import { Sql } from "@ci-fix-pilot/sql/Sql"
import * as Pglite from "@ci-fix-pilot/sql/Sql.pglite"
import * as Postgres from "@ci-fix-pilot/sql/Sql.postgres"
import { startPostgres } from "@ci-fix-pilot/testkit/database"
import { ciFailed, runIdOf } from "@ci-fix-pilot/testkit/scripted-answers"
import { ConfigProvider, Effect, Fiber, Layer, Schedule } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { applyBatch } from "./apply-batch.ts"
import { forgetOld, retentionDays } from "./forget-old.ts"
import { migrations } from "./migrations.ts"
import type { Item } from "./plan-batch.ts"
import { writeBatch } from "./write-batch.ts"

let database: Awaited<ReturnType<typeof startPostgres>>
beforeAll(async () => {
  database = await startPostgres()
})
afterAll(() => database?.stop())

const databases = {
  Postgres: async () => Layer.effect(Sql, Postgres.make(await database.freshDatabase(), 2)),
  PGlite: async () => Layer.effect(Sql, Pglite.make(undefined)),
}

const traceparent = "00-00000000000000000000000000000000-0000000000000000-00"
const pullRequest = { number: 7, url: "http://forge.test/7", branch: "ci-fix-pilot/x", headSha: "c".repeat(40), adopted: false }
const begun = evolve(undefined, { type: "ci-failed", data: ciFailed(1) })
const ended: Run = { ...begun, phase: "escalated" }
const merged: Run = { ...begun, phase: "resolved", pullRequest: { ...pullRequest, state: "merged" } }
const fixed: Run = { ...begun, phase: "fixed", pullRequest: { ...pullRequest, state: "open" } }
const left: Run = { ...ended, pullRequest: { ...pullRequest, state: "open" } }

const insertInbox = `insert into inbox (source, key, run_id, type, body, body_sha256, message_id, traceparent, received_at, applied_at)
  values ('webhook', $1, $2, 'ci-failed', '{}', '', $1, '', now() - interval '100 days', case when $3 then now() - interval '100 days' end)`
const tables = ["run", "run_event", "command", "inbox", "dead_letter"]

/** These runs, each with an entry, a command, an arrival and a dead letter, as they were a hundred days ago. */
const longAgo = (runs: ReadonlyArray<Run>) =>
  Effect.gen(function* () {
    const sql = yield* Sql
    yield* migrate(migrations())
    const rows = new Map(runs.map((state, n) => [runIdOf(n), { seq: 1, state, isNew: true }]))
    const entries = runs.map((_, n) => ({
      runId: runIdOf(n),
      seq: 1,
      causedBy: "test",
      traceparent,
      event: { type: "ci-failed", data: ciFailed(1) } as const,
    }))
    const plan = { entries, runs: rows, commands: [], changes: [], over: [], outcomes: new Map() }
    yield* sql.transaction((query) => writeBatch(query, plan, defaultPolicy))
    for (const n of runs.keys()) {
      yield* sql.query(
        "insert into command (command_id, run_id, type, data, traceparent, deadline_at, closed_at) values ($1, $1, 'notifier.notify', '{}', '', now(), now())",
        [runIdOf(n)],
      )
      yield* sql.query(insertInbox, [`arrival ${n}`, runIdOf(n), true])
      yield* sql.query("insert into dead_letter (message_id, run_id, text, why) values ($1, $1, '', '')", [runIdOf(n)])
    }
    yield* sql.query("update run set updated_at = now() - interval '100 days', stopped_at = stopped_at - interval '100 days'")
    yield* sql.query("update dead_letter set at = now() - interval '100 days'")
    const kept = Effect.map(
      Effect.forEach(tables, (table) => sql.query(`select run_id from ${table} order by run_id`)),
      (all) => all.map((rows) => rows.map((row) => Number(String(row["run_id"]).slice(-3)))),
    )
    return { sql, kept }
  })

describe.each(Object.entries(databases))("what ended long ago, in %s", (_, fresh) => {
  const run = async <A, E>(work: Effect.Effect<A, E, Sql>) => Effect.runPromise(Effect.scoped(Effect.provide(work, await fresh())))

  it("is forgotten with all that belongs to it, and the rest of the ledger stays as it is", async () => {
    const { before, after } = await run(
      Effect.gen(function* () {
        const { sql, kept } = yield* longAgo([ended, merged, ended, ended])
        yield* sql.query("update run set updated_at = now() where run_id = $1", [runIdOf(2)])
        yield* forgetOld(101)
        const before = yield* kept
        yield* forgetOld(90)
        return { before, after: yield* kept }
      }),
    )
    expect(before).toEqual(tables.map(() => [0, 1, 2, 3]))
    expect(after).toEqual(tables.map(() => [2]))
  })

  it("stays while something of it is under way", async () => {
    const kept = await run(
      Effect.gen(function* () {
        const { sql, kept } = yield* longAgo([begun, fixed, left, ended, ended])
        yield* sql.query("update command set closed_at = null where run_id = $1", [runIdOf(3)])
        yield* sql.query("update inbox set applied_at = null where run_id = $1", [runIdOf(4)])
        yield* forgetOld(14)
        return yield* kept
      }),
    )
    expect(kept).toEqual(tables.map(() => [0, 1, 2, 3, 4]))
  })

  it("goes in small steps, and all of it", async () => {
    const kept = await run(
      Effect.gen(function* () {
        const { kept } = yield* longAgo(Array.from({ length: 120 }, () => ended))
        yield* forgetOld(14)
        return yield* kept
      }),
    )
    expect(kept).toEqual(tables.map(() => []))
  })

  it("is also an arrival, or a dead letter, that never belonged to a run", async () => {
    const rows = await run(
      Effect.gen(function* () {
        const { sql } = yield* longAgo([])
        yield* sql.query(insertInbox, ["old", "run_x", true])
        yield* sql.query(insertInbox, ["waiting", "run_x", false])
        yield* sql.query(
          "insert into dead_letter (message_id, text, why, at) values ('old', '', '', now() - interval '15 days'), ('new', '', '', now())",
        )
        yield* forgetOld(14)
        return yield* sql.query("select key from inbox union all select message_id from dead_letter order by 1")
      }),
    )
    expect(rows.map((row) => row["key"])).toEqual(["new", "waiting"])
  })

  it("is nothing that anybody may take out of the ledger in another way, or too soon", async () => {
    const refused = await run(
      Effect.gen(function* () {
        const { sql } = yield* longAgo([ended])
        const attempt = (text: string) => Effect.map(Effect.flip(sql.query(text)), ({ message }) => message)
        yield* forgetOld(101)
        return yield* Effect.forEach(
          [
            "delete from run_event",
            "update run_event set type = 'x'",
            "truncate run_event",
            "select forget_ended_runs(interval '13 days', 1)",
          ],
          attempt,
        )
      }),
    )
    for (const message of refused.slice(0, 3)) expect(message).toContain("the ledger is append-only")
    expect(refused[3]).toContain("runs are kept for at least 14 days")
  })

  it("begins anew when the same failure is reported again", async () => {
    const message = { id: "inbox:webhook:again", at: "", runId: runIdOf(0), traceparent, type: "ci-failed", data: ciFailed(1) } as const
    const again: Item = { id: "inbox:webhook:again", runId: runIdOf(0), traceparent, what: { kind: "message", message, saidOn: undefined } }
    const entries = await run(
      Effect.gen(function* () {
        yield* longAgo([ended])
        yield* forgetOld(90)
        return (yield* applyBatch([again], defaultPolicy)).entries
      }),
    )
    expect(entries.map(({ seq, event }) => [seq, event.type])).toEqual([
      [1, "ci-failed"],
      [2, "fetch-started"],
    ])
  })
})

describe("what arrives for a run that is being forgotten", () => {
  it("stays, and begins it anew", async () => {
    const url = await database.freshDatabase()
    const at = <A, E, R>(work: Effect.Effect<A, E, R>) => Effect.provide(work, Layer.effect(Sql, Postgres.make(url, 2)))
    const kept = Effect.gen(function* () {
      const { sql } = yield* longAgo([ended])
      const waits = sql.query("select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")
      const untilItWaits = Effect.repeat(waits, { until: (rows) => rows.length > 0, schedule: Schedule.spaced("10 millis") })
      // Held up between its look at what arrived and the moment at which it removes that.
      const forgetting = yield* sql.transaction((query) =>
        Effect.gen(function* () {
          yield* query("select 1 from command for update")
          const forgetting = yield* Effect.forkScoped(at(forgetOld(90)))
          yield* untilItWaits
          yield* sql.query(insertInbox, ["just now", runIdOf(0), false])
          return forgetting
        }),
      )
      yield* Fiber.join(forgetting)
      return yield* sql.query("select key from inbox")
    })
    expect(await Effect.runPromise(Effect.scoped(at(kept)))).toEqual([{ key: "just now" }])
  })
})

describe("how long runs are kept", () => {
  const given = (value?: string) => {
    const env = value === undefined ? {} : { CI_HEALING_RETENTION_DAYS: value }
    return Effect.runSync(
      Effect.result(Effect.provideService(retentionDays, ConfigProvider.ConfigProvider, ConfigProvider.fromEnvRecord(env))),
    )
  }

  it("is 90 days, as many as are wanted from 14 on, or for ever", () => {
    expect([undefined, "14", "0"].map(given)).toMatchObject([{ success: 90 }, { success: 14 }, { success: 0 }])
  })

  it.each(["13", "-1", "1.5", "long"])("cannot be %s", (value) => {
    expect(given(value)).toMatchObject({ failure: { message: expect.stringContaining("CI_HEALING_RETENTION_DAYS") } })
  })
})
