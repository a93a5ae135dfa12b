import { CrashPoints } from "@ci-fix-pilot/actor/crash-point"
import type { Event } from "@ci-fix-pilot/contract/events"
import { defaultPolicy, type Policy } from "@ci-fix-pilot/lifecycle/policy"
import { migrate } from "@ci-fix-pilot/sql/migrate"
import { Sql } from "@ci-fix-pilot/sql/Sql"
import * as Postgres from "@ci-fix-pilot/sql/Sql.postgres"
import { startPostgres } from "@ci-fix-pilot/testkit/database"
import { ciFailed, runIdOf, scriptedAnswer, target } from "@ci-fix-pilot/testkit/scripted-answers"
import { Deferred, Effect, Fiber, Layer, Ref } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { applyBatch } from "./apply-batch.ts"
import { answerLeases } from "./lease.ts"
import { migrations } from "./migrations.ts"
import { PolicyConfig } from "./PolicyConfig.ts"
import type { Item } from "./plan-batch.ts"
import * as RecentRuns from "./RecentRuns.ts"

let database: Awaited<ReturnType<typeof startPostgres>>
beforeAll(async () => {
  database = await startPostgres()
})
afterAll(() => database?.stop())

const traceparent = "00-00000000000000000000000000000000-0000000000000000-00"
const said = (n: number, event: Event, id = `inbox:webhook:${n}`, causedBy?: string): Item => {
  const runId = runIdOf(n)
  const message = { id, at: "", runId, traceparent, ...(causedBy === undefined ? {} : { causedBy }), ...event }
  return { id, runId, traceparent, what: { kind: "message", message, saidOn: undefined } }
}
/** A failure in the same repository as every other one here. */
const failed = (n: number) => said(n, { type: "ci-failed", data: { ...ciFailed(n), target: { ...target(n), repository: "acme/shop" } } })

const run = async <A, E>(work: Effect.Effect<A, E, Sql | PolicyConfig>) => {
  const url = await database.freshDatabase()
  const layer = Layer.merge(Layer.effect(Sql, Postgres.make(url, 3)), Layer.succeed(PolicyConfig, defaultPolicy))
  return Effect.runPromise(Effect.provide(Effect.andThen(migrate(migrations()), work), layer))
}

/** Applies a batch, and between its reading and its first try at writing lets something else happen. */
const meanwhile = <A, E, R>(items: ReadonlyArray<Item>, other: Effect.Effect<A, E, R>, policy: Policy = defaultPolicy) =>
  Effect.gen(function* () {
    const decided = yield* Deferred.make<void>()
    const done = yield* Deferred.make<void>()
    const times = yield* Ref.make(0)
    const wait = Effect.flatMap(
      Ref.getAndUpdate(times, (n) => n + 1),
      (n) => (n > 0 ? Effect.void : Effect.andThen(Deferred.succeed(decided, undefined), Deferred.await(done))),
    )
    const points = (point: string) => (point === "planner.apply-events:decided" ? wait : Effect.void)
    const applying = yield* Effect.forkChild(Effect.provideService(applyBatch(items, policy), CrashPoints, points))
    yield* Deferred.await(decided)
    yield* other
    yield* Deferred.succeed(done, undefined)
    const applied = yield* Fiber.join(applying)
    return { types: applied.entries.map(({ event }) => event.type), tries: yield* Ref.get(times) }
  })

const rows = (text: string) => Sql.use((sql) => sql.query(text))

describe("a batch that was decided upon what is not so any more", () => {
  it("writes nothing when another planner applied its message", async () => {
    const [applied, ledger] = await run(
      Effect.gen(function* () {
        const applied = yield* meanwhile([failed(1)], applyBatch([failed(1)], defaultPolicy))
        return [applied, yield* rows("select type from run_event order by position")]
      }),
    )
    expect(applied).toEqual({ types: [], tries: 1 })
    expect(ledger).toEqual([{ type: "ci-failed" }, { type: "fetch-started" }])
  })

  it("is decided anew when its run has gone on", async () => {
    const abort = (n: number) => said(n, { type: "review-given", data: { action: "abort", reviewer: "grace" } }, `inbox:review:abort${n}`)
    const fetched = scriptedAnswer({ type: "github.fetch-failure", data: { target: target(1) } })
    const [applied, [run1]] = await run(
      Effect.gen(function* () {
        yield* applyBatch([failed(1)], defaultPolicy)
        const answer = said(1, fetched, `${runIdOf(1)}.2.1#1#a`, `${runIdOf(1)}.2.1#1`)
        const applied = yield* meanwhile([answer], applyBatch([abort(1)], defaultPolicy))
        return [applied, yield* rows("select phase, seq, (select count(*)::int from run_event) as entries from run")] as const
      }),
    )
    expect(applied).toEqual({ types: ["answer-ignored"], tries: 2 })
    expect(run1).toEqual({ phase: "aborted", seq: 5, entries: 5 })
  })

  it("starts no more runs of a repository than may be worked on, when others start meanwhile", async () => {
    const policy = { ...defaultPolicy, runsPerRepository: 1 }
    const [applied, phases] = await run(
      Effect.gen(function* () {
        const applied = yield* meanwhile([failed(2)], applyBatch([failed(1)], policy), policy)
        return [applied, yield* rows("select run_id, phase from run order by run_id")]
      }),
    )
    expect(applied).toEqual({ types: ["ci-failed"], tries: 2 })
    expect(phases).toEqual([
      { run_id: runIdOf(1), phase: "fetching" },
      { run_id: runIdOf(2), phase: "queued" },
    ])
  })

  it("counts a try that was begun meanwhile", async () => {
    const commandId = `${runIdOf(1)}.2.1`
    const [applied, [command]] = await run(
      Effect.gen(function* () {
        yield* applyBatch([failed(1)], defaultPolicy)
        const later = said(1, { type: "postponed", data: { afterMs: 1, why: "away" } }, `${commandId}#1#a`, `${commandId}#1`)
        const applied = yield* meanwhile([later], answerLeases([{ commandId, dispatch: 1, holder: "b" }]))
        return [applied, yield* rows(`select tries, dispatch, holder from command where command_id = '${commandId}'`)]
      }),
    )
    expect(applied.tries).toBe(2)
    expect(command).toEqual({ tries: 2, dispatch: 2, holder: null })
  })
})

/** Applies batches as one planner that remembers its runs; gives what it asked of the database. */
const remembering = async <A, E>(work: Effect.Effect<A, E, Sql | PolicyConfig>) => {
  const asked: string[] = []
  const noting = Effect.gen(function* () {
    const sql = yield* Sql
    const query: typeof sql.query = (text, parameters) => {
      asked.push(text.includes("read_batch") ? "read" : text.includes("apply_batch") ? "write" : "else")
      return sql.query(text, parameters)
    }
    return yield* Effect.provideService(work, Sql, Sql.of({ ...sql, query }))
  })
  const result = await run(Effect.provide(noting, RecentRuns.layer))
  return { result, asked: asked.filter((what) => what !== "else") }
}

describe("an answer to what was just asked", () => {
  const fetched = scriptedAnswer({ type: "github.fetch-failure", data: { target: target(1) } })
  const reproduced = scriptedAnswer({ type: "validator.reproduce", data: { target: target(1), steps: [], workflow: undefined } } as never)
  const [fetching, reproducing] = [`${runIdOf(1)}.2.1#1`, `${runIdOf(1)}.3.0#1`]
  const first = Effect.gen(function* () {
    yield* applyBatch([failed(1)], defaultPolicy)
    const { commands } = yield* applyBatch([said(1, fetched, `${fetching}#a`, fetching)], defaultPolicy)
    return commands.map(({ commandId, dispatch }) => `${commandId}#${dispatch}`)
  })
  const answer = (holder: string) => {
    const item = said(1, reproduced, `${reproducing}#${holder}`, reproducing)
    return item.what.kind === "noticed" ? item : { ...item, what: { ...item.what, message: { ...item.what.message, unleased: true } } }
  }
  const ledger = Effect.map(rows("select type from run_event order by position"), (all) => all.map((row) => row["type"]))

  it("is decided without reading its run", async () => {
    const { result, asked } = await remembering(
      Effect.gen(function* () {
        expect(yield* first).toContain(reproducing)
        yield* applyBatch([answer("a")], defaultPolicy)
        return yield* ledger
      }),
    )
    expect(result).toEqual(["ci-failed", "fetch-started", "failure-fetched", "reproduced"])
    expect(asked).toEqual(["read", "write", "read", "write", "write"])
  })

  it("is decided by what stands when another planner has gone on with its run", async () => {
    const abort = said(1, { type: "review-given", data: { action: "abort", reviewer: "grace" } }, "inbox:review:abort")
    const { result, asked } = await remembering(
      Effect.gen(function* () {
        yield* first
        yield* Effect.provide(applyBatch([abort], defaultPolicy), Layer.fresh(RecentRuns.layer))
        yield* applyBatch([answer("a")], defaultPolicy)
        return yield* ledger
      }),
    )
    expect(result).toEqual(["ci-failed", "fetch-started", "failure-fetched", "review-given", "aborted", "answer-ignored"])
    expect(asked.slice(6)).toEqual(["write", "read", "write"])
  })

  it("writes nothing when it comes again", async () => {
    const { result } = await remembering(
      Effect.gen(function* () {
        yield* first
        yield* applyBatch([answer("a")], defaultPolicy)
        const again = yield* applyBatch([answer("a")], defaultPolicy)
        return [again.entries, yield* ledger]
      }),
    )
    expect(result).toEqual([[], ["ci-failed", "fetch-started", "failure-fetched", "reproduced"]])
  })
})
