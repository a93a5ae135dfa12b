import { defaultPolicy } from "@ci-fix-pilot/lifecycle/policy"
import type { Run } from "@ci-fix-pilot/lifecycle/run"
import { Sql } from "@ci-fix-pilot/sql/Sql"
import { ciFailed, runIdOf } from "@ci-fix-pilot/testkit/scripted-answers"
import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { PolicyConfig } from "./PolicyConfig.ts"
import { readBatch } from "./read-batch.ts"
import { freeSlots, prune } from "./sweep-queries.ts"
import { begun, freshDatabases, given, healed } from "./sweep-world.suite.ts"

const run = freshDatabases()

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
