import { Bus, BusUnavailable } from "@ci-fix-pilot/actor/Bus"
import { layer as memory } from "@ci-fix-pilot/actor/Bus.memory"
import { defaultPolicy } from "@ci-fix-pilot/lifecycle/policy"
import { evolve } from "@ci-fix-pilot/lifecycle/run"
import { migrate } from "@ci-fix-pilot/sql/migrate"
import { Sql } from "@ci-fix-pilot/sql/Sql"
import * as Postgres from "@ci-fix-pilot/sql/Sql.postgres"
import { startPostgres } from "@ci-fix-pilot/testkit/database"
import { ciFailed, runIdOf } from "@ci-fix-pilot/testkit/scripted-answers"
import { Deferred, Effect, Fiber, Layer, Queue } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { LeaseWatch } from "./LeaseWatch.ts"
import { migrations } from "./migrations.ts"
import { PolicyConfig } from "./PolicyConfig.ts"
import { SentMarks } from "./SentMarks.ts"
import { makeSweep, sendDue } from "./sweep.ts"
import { writeBatch } from "./write-batch.ts"

let database: Awaited<ReturnType<typeof startPostgres>>
beforeAll(async () => {
  database = await startPostgres()
})
afterAll(() => database?.stop())

const runId = runIdOf(1)
const away = new BusUnavailable({ message: "no answer in time" })

/** A run whose commands were sent long ago, each stored at the place of its number. */
const sent = (commands: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const sql = yield* Sql
    yield* migrate(migrations())
    const begun = evolve(undefined, { type: "ci-failed", data: ciFailed(1) })
    const runs = new Map([[runId, { seq: 1, state: begun, isNew: true }]])
    const plan = { entries: [], runs, commands: [], changes: [], over: [], outcomes: new Map() }
    yield* sql.transaction((query) => writeBatch(query, plan, defaultPolicy))
    const times = "now() + interval '1 hour', now() - interval '1 minute', now() - interval '1 minute', now() - interval '1 minute'"
    for (const [index, id] of commands.entries())
      yield* sql.query(
        `insert into command (command_id, run_id, type, data, traceparent, deadline_at, created_at, sent_at, checked_at, stream_seq)
         values ($1, $2, 'validator.reproduce', '{}', '', ${times}, $3)`,
        [id, runId, index + 1],
      )
    return sql
  })

/** A broker of which only this much is as it should be; it notes what it is told to keep. */
const broker = (own: Partial<Bus["Service"]>) =>
  Effect.gen(function* () {
    const published = yield* Queue.unbounded<string>()
    const publish: Bus["Service"]["publish"] = (_subject, _text, id) => Effect.as(Queue.offer(published, id), { sequence: 1 })
    return { published, bus: Bus.of({ ...(yield* Bus), publish, ensure: () => Effect.void, ...own }) }
  })

/** So many sweeps of one planner, and then this while it still lives. */
const sweeps = <A>(times: number, then: Effect.Effect<A>) =>
  Effect.gen(function* () {
    const sweep = yield* makeSweep
    for (let n = 0; n < times; n++) yield* sweep(1)
    return yield* then
  }).pipe(Effect.scoped)

const run = async <A, E>(work: Effect.Effect<A, E, Sql | Bus | SentMarks | PolicyConfig | LeaseWatch>) => {
  const sql = Layer.effect(Sql, Postgres.make(await database.freshDatabase(), 2))
  const layer = Layer.mergeAll(
    memory,
    LeaseWatch.layer,
    SentMarks.layer.pipe(Layer.provideMerge(sql)),
    Layer.succeed(PolicyConfig, defaultPolicy),
  )
  return Effect.runPromise(Effect.provide(work, layer))
}

describe("the sweep", () => {
  it("sends again what is lost, and asks soon again of what the broker could not say", async () => {
    const seen = await run(
      Effect.gen(function* () {
        const sql = yield* sent(["unknown", "lost", "kept"])
        const isStored: Bus["Service"]["isStored"] = (_stream, sequence) =>
          sequence === 1 ? Effect.fail(away) : Effect.succeed(sequence === 3)
        const { bus, published } = yield* broker({ isStored })
        yield* Effect.provideService(sendDue(1), Bus, bus)
        const looked = yield* sql.query("select command_id from command where checked_at > now() - interval '30 seconds' order by 1")
        return { sent: yield* Queue.takeAll(published), looked: looked.map((row) => row["command_id"]) }
      }),
    )
    expect(seen).toEqual({ sent: ["lost#2"], looked: ["kept", "lost"] })
  })

  it("waits for no answer about one command to send another", async () => {
    const sentAgain = await run(
      Effect.gen(function* () {
        yield* sent(["unknown", "lost"])
        const isStored: Bus["Service"]["isStored"] = (_stream, sequence) => (sequence === 1 ? Effect.never : Effect.succeed(false))
        const { bus, published } = yield* broker({ isStored })
        const sending = yield* Effect.forkChild(Effect.provideService(sendDue(1), Bus, bus))
        const first = yield* Queue.take(published)
        yield* Fiber.join(sending)
        return first
      }),
    )
    expect(sentAgain).toBe("lost#2")
  })

  it("sends while the broker takes its time to say which streams it has", async () => {
    const sentAgain = await run(
      Effect.gen(function* () {
        yield* sent(["lost"])
        const { bus, published } = yield* broker({ isStored: () => Effect.succeed(false), ensure: () => Effect.never })
        const again = Effect.repeat(Queue.take(published), { until: (id) => id === "lost#2" })
        return yield* Effect.provideService(sweeps(1, again), Bus, bus)
      }),
    )
    expect(sentAgain).toBe("lost#2")
  })

  it("ends before a slow broker has said which streams it has, and the next asks no second time", async () => {
    const asked = await run(
      Effect.gen(function* () {
        yield* sent([])
        let asked = 0
        const ensure = () =>
          Effect.andThen(
            Effect.sync(() => asked++),
            Effect.never,
          )
        const { bus } = yield* broker({ ensure })
        return yield* Effect.provideService(
          sweeps(
            2,
            Effect.sync(() => asked),
          ),
          Bus,
          bus,
        )
      }),
    )
    expect(asked).toBe(1)
  })

  it("sends what found no stream as soon as the streams are there", async () => {
    const kept = await run(
      Effect.gen(function* () {
        yield* sent(["lost"])
        const streams = yield* Deferred.make<void>()
        const taken = yield* Queue.unbounded<string>()
        const publish: Bus["Service"]["publish"] = (_subject, _text, id) =>
          Effect.gen(function* () {
            if (!(yield* Deferred.isDone(streams))) return yield* away
            yield* Queue.offer(taken, id)
            return { sequence: 1 }
          })
        const { bus } = yield* broker({ isStored: () => Effect.succeed(false), ensure: () => Deferred.await(streams), publish })
        const onceThere = Effect.andThen(Deferred.succeed(streams, undefined), Queue.take(taken))
        return yield* Effect.provideService(sweeps(1, onceThere), Bus, bus)
      }),
    )
    expect(kept).toBe("lost#2")
  })

  it.each([
    [0, ["fresh#1"]],
    [1, []],
  ])("leaves a command that was just committed for %i s to who committed it", async (freshS, expected) => {
    const sentNow = await run(
      Effect.gen(function* () {
        const sql = yield* sent(["fresh"])
        yield* sql.query("update command set created_at = now(), sent_at = null")
        const { bus, published } = yield* broker({})
        yield* Effect.provideService(sendDue(freshS), Bus, bus)
        return (yield* Queue.size(published)) === 0 ? [] : yield* Queue.takeAll(published)
      }),
    )
    expect(sentNow).toEqual(expected)
  })
})
