import { commandDeadlineMs, defaultPolicy } from "@ci-fix-pilot/lifecycle/policy"
import { evolve, type Run } from "@ci-fix-pilot/lifecycle/run"
import { migrate } from "@ci-fix-pilot/sql/migrate"
import { Sql } from "@ci-fix-pilot/sql/Sql"
import * as Postgres from "@ci-fix-pilot/sql/Sql.postgres"
import { startPostgres } from "@ci-fix-pilot/testkit/database"
import { ciFailed, runIdOf } from "@ci-fix-pilot/testkit/scripted-answers"
import { Effect, Layer } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { migrations } from "./migrations.ts"
import { PolicyConfig } from "./PolicyConfig.ts"
import { readBatch } from "./read-batch.ts"
import { checkPullRequests, closeAgain } from "./sweep-pull-requests.ts"
import { freeSlots, prune } from "./sweep-queries.ts"
import { writeBatch } from "./write-batch.ts"

let database: Awaited<ReturnType<typeof startPostgres>>
beforeAll(async () => {
  database = await startPostgres()
})
afterAll(() => database?.stop())

const pullRequest = { number: 7, url: "http://forge.test/7", branch: "ci-fix-pilot/x", headSha: "c".repeat(40), adopted: false }
const begun = evolve(undefined, { type: "ci-failed", data: ciFailed(1) })
const healed: Run = { ...begun, phase: "fixed", deliveryStarted: true, pullRequest: { ...pullRequest, state: "open" } }
const denied: Run = { ...healed, phase: "escalated" }
const closed: Run = { ...denied, pullRequest: { ...pullRequest, state: "closed" } }

/** Writes runs as the planner does, and lets an hour pass for them. */
const given = (runs: ReadonlyArray<Run>) =>
  Effect.gen(function* () {
    const sql = yield* Sql
    yield* migrate(migrations())
    const rows = new Map(runs.map((state, n) => [runIdOf(n), { seq: 1, state, isNew: true }]))
    const plan = { entries: [], runs: rows, commands: [], changes: [], over: [], outcomes: new Map() }
    yield* sql.transaction((query) => writeBatch(query, plan, defaultPolicy))
    yield* sql.query("update run set updated_at = updated_at - interval '1 hour'")
    return sql
  })

const run = async <A, E>(work: Effect.Effect<A, E, Sql>) => {
  const url = await database.freshDatabase()
  return Effect.runPromise(Effect.provide(work, Layer.effect(Sql, Postgres.make(url, 2))))
}

describe("the sweep", () => {
  it("asks how an open pull request stands, and closes one that its run has ended without", async () => {
    const commands = await run(
      Effect.gen(function* () {
        const sql = yield* given([healed, denied, closed])
        yield* checkPullRequests
        yield* checkPullRequests
        return yield* sql.query(
          "select run_id, type, extract(epoch from deadline_at - created_at)::float8 * 1000 as ms from command order by run_id",
        )
      }),
    )
    const asked = (n: number, type: "github.check-pull-request" | "github.close-pull-request") => ({
      ...{ run_id: runIdOf(n), type, ms: commandDeadlineMs[type] },
    })
    expect(commands).toEqual([asked(0, "github.check-pull-request"), asked(1, "github.close-pull-request")])
  })

  it("asks nothing again about a pull request before the last time is answered or given up", async () => {
    const counts = await run(
      Effect.gen(function* () {
        const sql = yield* given([healed, denied])
        const next = Effect.gen(function* () {
          yield* sql.query("update run set pull_request_checked_at = now() - interval '1 hour'")
          yield* sql.query("update command set command_id = 'before.' || command_id")
          yield* checkPullRequests
          return (yield* sql.query("select from command")).length
        })
        const [first, waiting] = [yield* next, yield* next]
        yield* sql.query("update command set closed_at = now()")
        return [first, waiting, yield* next]
      }),
    )
    expect(counts).toEqual([2, 2, 4])
  })
})

describe("a pull request that GitHub lets us neither see nor close", () => {
  const commandOf = (run: Run) => (run === healed ? "github.check-pull-request" : "github.close-pull-request")
  const refused = (run: Run, times: number): Run => ({ ...run, refused: { command: commandOf(run), times } })
  const checkedAgo = (n: number, minutes: number) =>
    Sql.use((sql) =>
      sql.query("update run set pull_request_checked_at = now() - $2::int * interval '1 minute' where run_id = $1", [runIdOf(n), minutes]),
    )

  it("is asked about after ever longer, at least each day; whether to close it at last is a person's", async () => {
    const asked = await run(
      Effect.gen(function* () {
        const cases: ReadonlyArray<readonly [Run, number]> = [
          [refused(healed, 1), 19],
          [refused(healed, 1), 21],
          [refused(healed, 3), 79],
          [refused(healed, 3), 81],
          [refused(healed, 99), 1_279],
          [refused(healed, 99), 1_281],
          [refused(denied, 6), 639],
          [refused(denied, 6), 641],
          [refused(denied, 7), 99_999],
        ]
        const sql = yield* given(cases.map(([state]) => state))
        for (const [n, [, minutes]] of cases.entries()) yield* checkedAgo(n, minutes)
        yield* checkPullRequests
        return yield* sql.query("select run_id from command order by run_id")
      }),
    )
    expect(asked.map((command) => command["run_id"])).toEqual([1, 3, 5, 7].map(runIdOf))
  })
})

describe("what could not be closed, or its branch not be deleted, while GitHub was away", () => {
  const escalated: Run = { ...begun, phase: "escalated", deliveryStarted: true }
  const merged: Run = { ...escalated, phase: "resolved", pullRequest: { ...pullRequest, state: "merged" } }
  const close = (n: number, outcome: string | null, minutesAgo: number) =>
    Sql.use((sql) =>
      sql.query(
        `insert into command (command_id, run_id, type, data, traceparent, deadline_at, outcome, closed_at)
         values ($1, $2, 'github.close-pull-request', '{}', '', now(), $3::text, case when $3::text is not null then now() - $4::int * interval '1 minute' end)`,
        [`${n}.${outcome}.${minutesAgo}`, runIdOf(n), outcome, minutesAgo],
      ),
    )
  const asked = Sql.use((sql) =>
    sql.query("select run_id, type, data from command where closed_at is null and data <> '{}' order by run_id"),
  )

  it("is closed again each ten minutes, for a day", async () => {
    const [first, second, later] = await run(
      Effect.gen(function* () {
        const sql = yield* given(Array.from({ length: 8 }, (_, n) => (n === 6 ? merged : n === 7 ? denied : escalated)))
        yield* close(0, "gave-up", 30)
        yield* close(0, "failed-for-good", 11)
        yield* close(1, "gave-up", 9)
        yield* close(2, "gave-up", 12)
        yield* close(2, "pull-request-closed", 11)
        yield* close(3, "gave-up", 11)
        yield* close(3, null, 0)
        yield* close(4, "gave-up", 11)
        yield* sql.query("update run set stopped_at = now() - interval '25 hours' where run_id = $1", [runIdOf(4)])
        yield* close(5, "gave-up", 11)
        yield* close(6, "gave-up", 11)
        yield* close(7, "gave-up", 11)
        yield* closeAgain
        const once = yield* asked
        yield* closeAgain
        const twice = yield* asked
        yield* sql.query(
          "update command set closed_at = now() - interval '11 minutes', outcome = 'gave-up' where closed_at is null and data <> '{}'",
        )
        yield* sql.query("update command set command_id = 'before.' || command_id")
        yield* closeAgain
        return [once, twice, yield* asked]
      }),
    )
    const data = { target: begun.target, reason: "the run has ended" }
    const again = [0, 5, 6].map((n) => ({ run_id: runIdOf(n), type: "github.close-pull-request", data }))
    expect(first).toEqual(again)
    expect(second).toEqual(again)
    expect(later).toEqual(again)
  })

  it("is closed again after ever longer where GitHub says no: what it refuses it will most likely refuse again", async () => {
    const refusedBefore: ReadonlyArray<readonly [n: number, ...minutesAgo: ReadonlyArray<number>]> = [
      [0, 11],
      [1, 40, 19],
      [2, 40, 21],
      [3, 200, 100, 39],
      [4, 200, 100, 41],
      [5, 200, 100, 39],
      [6, ...Array.from({ length: 120 }, (_, n) => 11 + 10 * n)],
    ]
    const commands = await run(
      Effect.gen(function* () {
        yield* given(refusedBefore.map(() => escalated))
        for (const [n, ...all] of refusedBefore) for (const minutesAgo of all) yield* close(n, "failed-for-good", minutesAgo)
        yield* close(5, "gave-up", 11)
        yield* closeAgain
        return yield* asked
      }),
    )
    expect(commands.map((command) => command["run_id"])).toEqual([0, 2, 4, 5].map(runIdOf))
  })
})

describe("message ids", () => {
  it("are all forgotten after a week, however many a second brought", async () => {
    const left = await run(
      Effect.gen(function* () {
        const sql = yield* given([])
        const insert = "insert into applied select $1 || n, now() - $2::int * interval '1 day' from generate_series(1, $3::int) as n"
        yield* sql.query(insert, ["old", 8, 2_500])
        yield* sql.query(insert, ["new", 6, 2])
        yield* prune
        return yield* sql.query("select message_id from applied order by 1")
      }),
    )
    expect(left).toEqual([{ message_id: "new1" }, { message_id: "new2" }])
  })
})

describe("free slots", () => {
  const limits = Effect.provideService(PolicyConfig, { ...defaultPolicy, runsPerRepository: 3 })
  const accepted = (n: number, secondsAgo: number) =>
    Sql.use((sql) =>
      sql.query(
        `insert into inbox (source, key, run_id, type, body, body_sha256, message_id, traceparent, received_at)
         values ('webhook', $1, $1, 'ci-failed', '{}', '', $1, '', now() - $2::int * interval '1 second')`,
        [runIdOf(n), secondsAgo],
      ),
    )

  it("go to those who wait, in the order in which they were accepted", async () => {
    const order = await run(
      Effect.gen(function* () {
        yield* given([begun, begun, { ...begun, phase: "fetching" }, begun])
        // Applied at one moment, and the last of them first: its message came twice as fast.
        for (const [n, secondsAgo] of [
          [0, 10],
          [1, 30],
          [3, 20],
        ] as const)
          yield* accepted(n, secondsAgo)
        return (yield* limits(freeSlots)).map(({ runId }) => runId)
      }),
    )
    expect(order).toEqual([runIdOf(1), runIdOf(3)])
  })

  it("are none where as many are worked on as may be", async () => {
    const working: Run = { ...begun, phase: "validating" }
    const order = await run(Effect.flatMap(given([begun, working, working, working]), () => limits(freeSlots)))
    expect(order).toEqual([])
  })
})

describe("the counts", () => {
  it("see a run whose pull request is open as one that heals the same failure", async () => {
    const failure = { failedJobs: [], digest: { text: "", totalLines: 0, totalBytes: 0, redactions: 0 }, signature: "00000000000000aa" }
    const origin = { author: { login: "ada", association: "MEMBER", trusted: true }, fork: false, headMoved: false }
    const fetched = { type: "failure-fetched", data: { ...failure, ...origin } } as const
    const again: Run = { ...begun, phase: "fetching" }
    const runId = runIdOf(1)
    const message = { id: "m", at: "", runId, traceparent: "", causedBy: "c#1#h", ...fetched }
    const facts = await run(
      Effect.gen(function* () {
        const sql = yield* given([{ ...healed, failure: fetched.data }, again])
        const items = [{ id: "m", runId, traceparent: "", what: { kind: "message", message, saidOn: undefined } } as const]
        const { facts } = yield* readBatch(sql.query, items)
        return facts.of(runId, again, { kind: "event", event: fetched })
      }),
    )
    expect(facts).toMatchObject({ openPullRequests: 1, activeInRepository: 1, sameSignatureToday: 1, duplicateOf: runIdOf(0) })
  })

  it("see the runs that wait, so that a new failure does not overtake them", async () => {
    const message = { id: "m", at: "", runId: runIdOf(99), traceparent: "", type: "ci-failed", data: ciFailed(1) } as const
    const items = [{ id: "m", runId: runIdOf(99), traceparent: "", what: { kind: "message", message, saidOn: undefined } } as const]
    const facts = await run(
      Effect.gen(function* () {
        const sql = yield* given([begun, begun])
        const { facts } = yield* readBatch(sql.query, items)
        return facts.of(runIdOf(99), undefined, { kind: "event", event: message })
      }),
    )
    expect(facts).toMatchObject({ activeInRepository: 0, queuedInRepository: 2 })
  })
})
