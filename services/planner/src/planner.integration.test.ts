import * as Actor from "@ci-fix-pilot/actor/Actor"
import { Bus } from "@ci-fix-pilot/actor/Bus"
import * as NatsBus from "@ci-fix-pilot/actor/Bus.nats"
import { Holder } from "@ci-fix-pilot/actor/Holder"
import { Nats } from "@ci-fix-pilot/actor/nats-connection"
import { type CommandType, commands } from "@ci-fix-pilot/contract/commands"
import { type EventMessage, encodeMessage } from "@ci-fix-pilot/contract/envelope"
import type { AnswerTo } from "@ci-fix-pilot/contract/events"
import { asks, eventSubject } from "@ci-fix-pilot/contract/subjects"
import { migrate } from "@ci-fix-pilot/sql/migrate"
import { Sql } from "@ci-fix-pilot/sql/Sql"
import * as Postgres from "@ci-fix-pilot/sql/Sql.postgres"
import { startPostgres } from "@ci-fix-pilot/testkit/database"
import { startNatsServer } from "@ci-fix-pilot/testkit/nats-server"
import { ciFailed, runIdOf, scriptedAnswer } from "@ci-fix-pilot/testkit/scripted-answers"
import { Effect, Layer, Schedule, type Scope } from "effect"
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
    id: `inbox:webhook:${n}`,
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

const migrated = async () => {
  const url = await database.freshDatabase()
  await Effect.runPromise(Effect.provide(migrate(migrations()), Layer.effect(Sql, Postgres.make(url, 2))))
  return url
}

/** Commands that are there when the next planner starts. */
const withCommands = async (url: string, values: ReadonlyArray<string>) => {
  const columns = "command_id, run_id, type, data, traceparent, sent_at, max_usd, reserved_usd, holder, lease_until, tries, deadline_at"
  const insert = rows(`insert into command (${columns}) values ${values.join(", ")}`)
  await Effect.runPromise(Effect.provide(insert, Layer.effect(Sql, Postgres.make(url, 1))))
  return url
}

/** Does the work beside a planner that starts for it, and ends with it. */
const run = async <A, E>(work: Effect.Effect<A, E, Bus | Sql | Scope.Scope>, url?: string) =>
  Effect.runPromise(Effect.provide(Effect.scoped(work), world(url ?? (await migrated()))))

// On a slow machine a command may be delivered and answered again: that second answer is recorded as ignored, and changes nothing.
describe("the planner, with hands that always succeed", () => {
  it("brings a failure to a pull request, with a gapless ledger", async () => {
    const types = await run(
      Effect.gen(function* () {
        yield* Effect.retry(fail(1), Schedule.spaced("100 millis"))
        yield* until("select count(*) as n from run where status = 'fixed'", 1)
        return yield* rows("select type from run_event where type <> 'answer-ignored' order by position")
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
          `select count(*)::int as steps, count(distinct (run_id, type))::int as facts, count(distinct run_id)::int as runs,
             (select max(position) - count(*) from run_event)::int as gaps
           from run_event where type <> 'answer-ignored'`,
        )
      }),
    )
    expect(places).toEqual({ steps: count * 11, facts: count * 11, runs: count, gaps: 0 })
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

  it("gives up no paid call that its holder still makes when it comes back after an absence", async () => {
    const url = await migrated()
    const [held, late] = [`${runIdOf(3)}.held`, `${runIdOf(3)}.late`]
    // Both have all the tries and money that there are, and could not renew while the planner was away. One is late as well.
    const called = (id: string, deadline: string) =>
      `('${id}', '${runIdOf(3)}', 'ai.propose-fix', '{}', '', now(), 0.5, 2, 'h', now() - interval '1 minute', 20, now() + interval '${deadline}')`
    await run(
      Effect.gen(function* () {
        yield* Effect.retry(fail(3), Schedule.spaced("100 millis"))
        yield* until("select count(*) as n from run where status = 'fixed'", 1)
      }),
      url,
    )
    const [row] = await run(
      Effect.gen(function* () {
        const bus = yield* Bus
        const renew = bus.ask(asks.lease, JSON.stringify({ commandId: held, dispatch: 1, holder: "h" }), 600)
        yield* Effect.forkScoped(Effect.repeat(Effect.ignore(renew), Schedule.spaced("375 millis")))
        yield* until(`select count(*) as n from applied where message_id = 'gave-up:${late}'`, 1)
        yield* until(`select count(*) as n from command where command_id = '${held}' and lease_until > now()`, 1)
        return yield* rows(`select closed_at, tries from command where command_id = '${held}'`)
      }),
      await withCommands(url, [called(held, "1 hour"), called(late, "-1 minute")]),
    )
    expect(row).toEqual({ closed_at: null, tries: 20 })
  })
})
