import type { Event } from "@ci-fix-pilot/contract/events"
import { defaultPolicy } from "@ci-fix-pilot/lifecycle/policy"
import { evolve, type Run } from "@ci-fix-pilot/lifecycle/run"
import { migrate } from "@ci-fix-pilot/sql/migrate"
import { Sql } from "@ci-fix-pilot/sql/Sql"
import * as Postgres from "@ci-fix-pilot/sql/Sql.postgres"
import { startPostgres } from "@ci-fix-pilot/testkit/database"
import { ciFailed, digest, result, runIdOf } from "@ci-fix-pilot/testkit/scripted-answers"
import { Effect, Layer } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { applyBatch } from "./apply-batch.ts"
import { databaseTime } from "./database-time.ts"
import { answerLeases } from "./lease.ts"
import { migrations } from "./migrations.ts"
import { PolicyConfig } from "./PolicyConfig.ts"
import { lateCommands } from "./sweep-queries.ts"
import { writeBatch } from "./write-batch.ts"

let database: Awaited<ReturnType<typeof startPostgres>>
beforeAll(async () => {
  database = await startPostgres()
})
afterAll(() => database?.stop())

const runId = runIdOf(1)
const commandId = `${runId}.7.0`
const traceparent = "00-00000000000000000000000000000000-0000000000000000-00"
const sandbox = { kind: "bubblewrap", image: "host" } as const
const begun: Run = {
  ...evolve(undefined, { type: "ci-failed", data: ciFailed(1) }),
  phase: "proposing",
  modelAvailable: true,
  reproduction: { plan: [], failing: result(1), signature: "00000000000000aa", digest, sandbox },
  diagnosis: { kind: "test", summary: "adds", firstError: "", suspectFiles: [], confidence: 1, by: "rules" },
  attempts: [{ n: 1, strategy: "model", outcome: "open" }],
}

/** A run that asked a model for a fix: `dies` is a holder that begins and is never heard of again. */
const world = Effect.gen(function* () {
  const sql = yield* Sql
  yield* migrate(migrations())
  const rows = new Map([[runId, { seq: 7, state: begun, isNew: true }]])
  const plan = { entries: [], runs: rows, commands: [], changes: [], over: [], outcomes: new Map() }
  yield* sql.transaction((query) => writeBatch(query, plan, defaultPolicy))
  yield* sql.query(
    `insert into command (command_id, run_id, type, data, traceparent, deadline_at, max_usd) values ($1, $2, 'ai.propose-fix', '{}', $3, now() + interval '10 minutes', 0.5)`,
    [commandId, runId, traceparent],
  )
  const ask = (holder: string) => Effect.map(answerLeases([{ commandId, dispatch: 1, holder }]), ([lease]) => lease)
  const dies = (holder: string) => Effect.tap(ask(holder), sql.query("update command set lease_until = now() - interval '4 seconds'"))
  /** The broker has the command no more, and the sweep sends it again. */
  const lost = sql.query("update command set dispatch = dispatch + 1")
  /** As a planner does that leases could be renewed with for so long (s). */
  const giveUpAfter = (seconds: number) =>
    Effect.flatMap(databaseTime, (now) =>
      Effect.flatMap(lateCommands({ since: now - seconds, last: now }), (items) => applyBatch(items, defaultPolicy)),
    )
  return { sql, ask, dies, lost, giveUp: giveUpAfter(3_600), giveUpAfter }
})

const run = async <A, E>(work: Effect.Effect<A, E, Sql | PolicyConfig>, policy = defaultPolicy) => {
  const url = await database.freshDatabase()
  const layer = Layer.merge(Layer.effect(Sql, Postgres.make(url, 2)), Layer.succeed(PolicyConfig, policy))
  return Effect.runPromise(Effect.provide(work, layer))
}

describe("a command that costs money", () => {
  it("is given up as soon as holders that died hold all that its run may spend, and the run goes on without a model", async () => {
    const { leases, entries } = await run(
      Effect.gen(function* () {
        const { dies, giveUp } = yield* world
        const leases = yield* Effect.forEach(["a", "b", "c", "d", "e"], dies)
        const { entries } = yield* giveUp
        return { leases, entries: entries.map(({ event }) => event) }
      }),
    )
    expect(leases).toEqual(["go", "go", "go", "go", "stale"])
    const why = "$2.00 of $2.00 is held for tries that never said what they cost, and $0.00 is spent: no further one may begin"
    expect(entries).toEqual([
      { type: "gave-up", data: { command: "ai.propose-fix", why, heldUsd: 2 } },
      { type: "fix-declined", data: { attempt: 1, why } },
      { type: "attempt-started", data: { attempt: 2, of: 3, strategy: "revert" } },
    ])
  })

  it("is given up before anybody began when the money went with an earlier one", async () => {
    const types = await run(
      Effect.gen(function* () {
        const { sql, ask, lost, giveUp } = yield* world
        yield* sql.query(
          `insert into command (command_id, run_id, type, data, traceparent, deadline_at, max_usd, reserved_usd, closed_at)
           values ('earlier', $1, 'ai.diagnose', '{}', $2, now(), 0.5, 2, now())`,
          [runId, traceparent],
        )
        expect(yield* ask("a")).toBe("stale")
        yield* lost
        const { entries } = yield* giveUp
        return entries.map(({ event }) => event.type)
      }),
    )
    expect(types).toEqual(["gave-up", "fix-declined", "attempt-started"])
  })

  it("is left alone while a holder lives, while another try fits, and once an answer gave its money back", async () => {
    const given = await run(
      Effect.gen(function* () {
        const { ask, dies, giveUp } = yield* world
        const before = yield* giveUp
        yield* Effect.forEach(["a", "b", "c"], dies)
        const fits = yield* giveUp
        yield* ask("d")
        const held = yield* giveUp
        const postponed: Event = { type: "postponed", data: { afterMs: 1, why: "the model is busy" } }
        const id = `${commandId}#1#d`
        const message = { id, at: "", runId, traceparent, causedBy: `${commandId}#1`, ...postponed }
        yield* applyBatch([{ id, runId, traceparent, what: { kind: "message", message, saidOn: undefined } }], defaultPolicy)
        const back = yield* giveUp
        return [before, fits, held, back].map(({ entries }) => entries.length)
      }),
    )
    expect(given).toEqual([0, 0, 0, 0])
  })

  it.each(["tries", "money"])("stays with a holder that could not renew for a while: all %s are its own", async (what) => {
    const policy = { ...defaultPolicy, ...(what === "tries" ? { triesPerCommand: 1 } : { maxCostUsd: 0.5 }) }
    const { given, leases } = await run(
      Effect.gen(function* () {
        const { sql, ask, giveUpAfter, giveUp } = yield* world
        const lapsed = (seconds: number) => sql.query("update command set lease_until = now() - $1::int * interval '1 second'", [seconds])
        const first = yield* ask("a")
        yield* lapsed(2)
        const soon = yield* giveUp
        yield* lapsed(60)
        const returned = yield* giveUpAfter(2)
        const again = yield* ask("a")
        const renewed = yield* giveUp
        yield* lapsed(60)
        const dead = yield* giveUpAfter(4)
        return { given: [soon, returned, renewed, dead].map(({ entries }) => entries.length > 0), leases: [first, again] }
      }),
      policy,
    )
    expect(leases).toEqual(["go", "go"])
    expect(given).toEqual([false, false, false, true])
  })

  it("stays with its holder when an earlier one says late that it was told to wait", async () => {
    const [row] = await run(
      Effect.gen(function* () {
        const { sql, ask, dies, lost } = yield* world
        yield* dies("a")
        yield* lost
        const again = Effect.map(answerLeases([{ commandId, dispatch: 2, holder: "b" }]), ([lease]) => lease)
        expect(yield* again).toBe("go")
        const event: Event = { type: "postponed", data: { afterMs: 1, why: "the model is busy", uncounted: true } }
        const id = `${commandId}#1#a`
        const message = { id, at: "", runId, traceparent, causedBy: `${commandId}#1`, ...event }
        yield* applyBatch([{ id, runId, traceparent, what: { kind: "message", message, saidOn: undefined } }], defaultPolicy)
        expect(yield* again).toBe("go")
        expect(yield* ask("a")).toBe("stale")
        return yield* sql.query("select holder, dispatch, tries, reserved_usd from command")
      }),
    )
    expect(row).toEqual({ holder: "b", dispatch: 2, tries: 1, reserved_usd: 0.5 })
  })

  it("may spend the last cent, however the parts of it add up", async () => {
    const leases = await run(
      Effect.gen(function* () {
        const { sql, dies } = yield* world
        yield* sql.query("update command set max_usd = 0.1")
        return yield* Effect.forEach(["a", "b", "c", "d"], dies)
      }),
      { ...defaultPolicy, maxCostUsd: 0.3 },
    )
    expect(leases).toEqual(["go", "go", "go", "stale"])
  })

  it("is somebody's while its last holder's lease has just lapsed: it lapses between the question and the look at why", async () => {
    const lapse = "update command set lease_until = now() - interval '1 ms'"
    const leases = await run(
      Effect.gen(function* () {
        const { sql, ask } = yield* world
        const lapsing = Sql.of({ ...sql, query: (text, values) => Effect.tap(sql.query(text, values), sql.query(lapse)) })
        return [yield* ask("a"), yield* Effect.provideService(ask("b"), Sql, lapsing), yield* ask("b")]
      }),
    )
    expect(leases).toEqual(["go", "busy", "go"])
  })
})
