import { Bus } from "@ci-fix-pilot/actor/Bus"
import * as Memory from "@ci-fix-pilot/actor/Bus.memory"
import { Holder } from "@ci-fix-pilot/actor/Holder"
import { decodeEvent, encodeMessage } from "@ci-fix-pilot/contract/envelope"
import { streams } from "@ci-fix-pilot/contract/streams"
import { commandDurable, commandSubject } from "@ci-fix-pilot/contract/subjects"
import * as Migrate from "@ci-fix-pilot/sql/migrate"
import { Sql } from "@ci-fix-pilot/sql/Sql"
import * as Postgres from "@ci-fix-pilot/sql/Sql.postgres"
import { type PostgresServer, startPostgres } from "@ci-fix-pilot/testkit/database"
import { ConfigProvider, Effect, Layer, References, Schedule, Stream } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { layer } from "./main.ts"
import { migrations } from "./migrations.ts"
import { recallCommand, rememberCommand, signatureOf } from "./stories.suite.ts"

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server?.stop())

type Command = ReturnType<typeof rememberCommand> | ReturnType<typeof recallCommand>

const durables = (["memory.recall", "memory.remember"] as const).map((type) => ({
  durable: commandDurable(type),
  subject: commandSubject(type),
  ackWaitMs: 30_000,
  maxAckPending: 10,
}))

/** The whole service on a bus in this process and a real database: sends commands, gives the answers in order of arrival. */
const exchange = (use: (send: (command: Command) => Effect.Effect<unknown, unknown>) => Effect.Effect<unknown, unknown, Sql>) =>
  Effect.runPromise(
    Effect.gen(function* () {
      const bus = yield* Bus
      yield* bus.ensure([
        {
          name: streams.commands.name,
          subjects: streams.commands.subjects,
          retention: "workqueue",
          maxAgeMs: 60_000,
          duplicateWindowMs: 60_000,
          maxBytes: -1,
          durables,
        },
      ])
      const said = yield* bus.subscribe("evt.memory.>")
      const send = (command: Command) =>
        Effect.gen(function* () {
          yield* bus.publish(commandSubject(command.type), encodeMessage(command), command.id)
          const [answer] = yield* said.pipe(Stream.take(1), Stream.runCollect)
          return yield* decodeEvent(answer?.text ?? "")
        })
      return yield* use(send)
    }).pipe(
      Effect.provide(
        layer.pipe(
          Layer.provide(Migrate.layer(migrations)),
          Layer.provideMerge(
            Layer.effect(
              Sql,
              Effect.flatMap(
                Effect.promise(() => server.freshDatabase()),
                (url) => Postgres.make(url, 2),
              ),
            ),
          ),
          Layer.provideMerge(Memory.layer),
          Layer.provide(Holder.layer),
        ),
      ),
      Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnvRecord({})),
      Effect.provideService(References.MinimumLogLevel, "Fatal"),
      Effect.scoped,
    ),
  )

describe("the memory service", () => {
  it("recalls what it was told to remember, once, though it was told twice", () =>
    exchange((send) =>
      Effect.gen(function* () {
        const told = rememberCommand(1, { outcome: "validated", signature: signatureOf(7) })
        const remembered = yield* send(told)
        expect(remembered).toMatchObject({ type: "remembered", causedBy: "cmd-1#1", runId: told.runId })
        expect(yield* send({ ...told, id: "cmd-1#2" })).toMatchObject({ type: "remembered", causedBy: "cmd-1#2" })
        const found = yield* send(recallCommand({ signature: signatureOf(7) }))
        expect(found).toMatchObject({ type: "recalled", data: { matches: [{ outcome: "validated", summary: "summary 1" }] } })
        expect(yield* Sql.use((sql) => sql.query("select count(*)::int as n from memory"))).toEqual([{ n: 1 }])
      }),
    ))

  it("postpones while the database is away, and answers once it is back", () =>
    exchange((send) =>
      Effect.gen(function* () {
        yield* send(rememberCommand(1, { signature: signatureOf(7) }))
        yield* Effect.promise(() => server.kill())
        expect(yield* send(recallCommand())).toMatchObject({ type: "postponed", data: { why: expect.stringContaining("the database") } })
        yield* Effect.promise(() => server.start())
        let dispatch = 1
        const askAgain = Effect.suspend(() => {
          dispatch += 1
          return send({ ...recallCommand({ signature: signatureOf(7) }), id: `cmd-4095#${dispatch}` })
        })
        const answer = yield* Effect.retry(
          Effect.filterOrFail(askAgain, isRecalled, () => "not yet"),
          { schedule: Schedule.spaced("100 millis"), times: 100 },
        )
        expect(answer).toMatchObject({ data: { matches: [{ summary: "summary 1" }] } })
      }),
    ))
})

const isRecalled = (answer: unknown) => typeof answer === "object" && answer !== null && "type" in answer && answer.type === "recalled"
