import { commandDeadlineMs } from "@ci-fix-pilot/lifecycle/policy"
import type { Run } from "@ci-fix-pilot/lifecycle/run"
import { Sql } from "@ci-fix-pilot/sql/Sql"
import { runIdOf } from "@ci-fix-pilot/testkit/scripted-answers"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { checkPullRequests, closeAgain } from "./sweep-pull-requests.ts"
import { begun, freshDatabases, given, healed, pullRequest } from "./sweep-world.suite.ts"

const denied: Run = { ...healed, phase: "escalated" }
const closed: Run = { ...denied, pullRequest: { ...pullRequest, state: "closed" } }
const run = freshDatabases()

describe("an open pull request", () => {
  it("is asked about, and closed if its run has ended without it", async () => {
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

  it("is not asked about again before the last time is answered or given up", async () => {
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
        yield* sql.query("update command set created_at = now() - interval '25 hours' where run_id = $1", [runIdOf(4)])
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

  it("is closed again also where its pull request had long been open when it was merged", async () => {
    const commands = await run(
      Effect.gen(function* () {
        const sql = yield* given([merged])
        yield* sql.query("update run set stopped_at = now() - interval '7 days'")
        yield* close(0, "gave-up", 11)
        yield* closeAgain
        return yield* asked
      }),
    )
    expect(commands.map((command) => command["run_id"])).toEqual([runIdOf(0)])
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
