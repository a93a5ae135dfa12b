import * as Actor from "@ci-fix-pilot/actor/Actor"
import { Bus } from "@ci-fix-pilot/actor/Bus"
import * as NatsBus from "@ci-fix-pilot/actor/Bus.nats"
import { Holder } from "@ci-fix-pilot/actor/Holder"
import { Nats } from "@ci-fix-pilot/actor/nats-connection"
import { type CommandType, commands } from "@ci-fix-pilot/contract/commands"
import { type EventMessage, encodeMessage } from "@ci-fix-pilot/contract/envelope"
import type { AnswerTo } from "@ci-fix-pilot/contract/events"
import { eventSubject } from "@ci-fix-pilot/contract/subjects"
import { migrate } from "@ci-fix-pilot/sql/migrate"
import { Sql } from "@ci-fix-pilot/sql/Sql"
import * as Postgres from "@ci-fix-pilot/sql/Sql.postgres"
import { startPostgres } from "@ci-fix-pilot/testkit/database"
import { startNatsServer } from "@ci-fix-pilot/testkit/nats-server"
import { ciFailed, runIdOf, scriptedAnswer } from "@ci-fix-pilot/testkit/scripted-answers"
import { Effect, Layer, Schedule } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { layer as planner } from "./main.ts"
import { migrations } from "./migrations.ts"

let database: Awaited<ReturnType<typeof startPostgres>>
let server: Awaited<ReturnType<typeof startNatsServer>>

beforeAll(async () => {
  ;[database, server] = await Promise.all([startPostgres(), startNatsServer()])
})
afterAll(async () => {
  await Promise.all([database?.stop(), server?.stop()])
})

const hand = <T extends CommandType>(name: T) =>
  Actor.make({
    name,
    concurrency: 16,
    handle: (command) => Effect.succeed(scriptedAnswer({ type: name, data: command.data } as never) as AnswerTo<T>),
  })

const hands = (Object.keys(commands) as Array<CommandType>)
  .map(hand)
  .reduce((all, one) => Layer.merge(all, one), Layer.empty as ReturnType<typeof hand>)

const world = (url: string) =>
  Layer.mergeAll(hands, planner).pipe(
    Layer.provideMerge(Layer.mergeAll(NatsBus.layer, Holder.layer).pipe(Layer.provide(Nats.to({ servers: server.url, name: "test" })))),
    Layer.provideMerge(Layer.effect(Sql, Postgres.make(url, 4))),
  )

const fail = (n: number, title = ciFailed(n).title) => {
  const message: EventMessage = {
    id: `inbox:test:${n}`,
    at: "",
    runId: runIdOf(n),
    traceparent: "00-00000000000000000000000000000000-0000000000000000-00",
    type: "ci-failed",
    data: { ...ciFailed(n), title },
  }
  return Bus.use((bus) => bus.publish(eventSubject("ingest", "ci-failed"), encodeMessage(message), message.id))
}

const rows = (text: string) => Sql.use((sql) => sql.query(text))
const until = (text: string, expected: number) =>
  rows(text).pipe(
    Effect.flatMap(([row]) => (Number(row?.["n"]) === expected ? Effect.void : Effect.fail(`${text}: ${JSON.stringify(row)}`))),
    Effect.retry({ schedule: Schedule.spaced("20 millis"), times: 1_500 }),
  )

const run = async <A, E>(work: Effect.Effect<A, E, Bus | Sql>) => {
  const url = await database.freshDatabase()
  await Effect.runPromise(Effect.provide(migrate(migrations()), Layer.effect(Sql, Postgres.make(url, 2))))
  return Effect.runPromise(Effect.provide(Effect.scoped(work), world(url)))
}

describe("the planner, with hands that always succeed", () => {
  it("brings a failure to a pull request, with a gapless ledger", async () => {
    const types = await run(
      Effect.gen(function* () {
        yield* Effect.retry(fail(1), Schedule.spaced("100 millis"))
        yield* until("select count(*) as n from run where status = 'fixed'", 1)
        return yield* rows("select type from run_event order by position")
      }),
    )
    expect(types.map((row) => row["type"])).toEqual([
      "ci-failed",
      "fetch-started",
      "failure-fetched",
      "reproduced",
      "diagnosed",
      "recalled",
      "attempt-started",
      "fix-proposed",
      "fix-validated",
      "delivery-started",
      "pull-request-opened",
    ])
  })

  it("brings many at once to exactly one end each, in commit order", async () => {
    const count = 300
    const [places] = await run(
      Effect.gen(function* () {
        yield* Effect.forEach(
          Array.from({ length: count }, (_, n) => n + 10),
          (n) => fail(n),
          { concurrency: 64 },
        )
        yield* until("select count(*) as n from run where status = 'fixed'", count)
        return yield* rows(
          "select count(*)::int as entries, max(position)::int as last, count(distinct run_id)::int as runs from run_event",
        )
      }),
    )
    expect(places).toEqual({ entries: count * 11, last: count * 11, runs: count })
  })

  it("stores what Postgres has no word for without it, and is stopped by no message", async () => {
    const [row] = await run(
      Effect.gen(function* () {
        const broken = Bus.use((bus) => bus.publish(eventSubject("ingest", "ci-failed"), "no \0 json", "broken"))
        yield* Effect.retry(broken, Schedule.spaced("100 millis"))
        yield* fail(2, `half of a pair \ud83d and \0 \\u0000`)
        yield* until("select count(*) as n from run where status = 'fixed'", 1)
        return yield* rows("select title, (select count(*)::int from dead_letter) as dead from run")
      }),
    )
    expect(row).toEqual({ title: "half of a pair \ufffd and \ufffd \\u0000", dead: 1 })
  })
})
