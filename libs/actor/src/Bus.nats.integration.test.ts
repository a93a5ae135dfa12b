import { type NatsServer, startNatsServer } from "@ci-fix-pilot/testkit/nats-server"
import { AckPolicy, type JetStreamManager, jetstreamManager } from "@nats-io/jetstream"
import { Effect, Layer, Queue, Schedule } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { layer } from "./Bus.nats.ts"
import { holdsQuestions } from "./Bus.questions.suite.ts"
import { fresh, holdsDeliveries, next, type OnBus, onLayer, streamOf, world } from "./Bus.suite.ts"
import { Bus } from "./Bus.ts"
import { Nats } from "./nats-connection.ts"

let server: NatsServer

beforeAll(async () => {
  server = await startNatsServer()
})
afterAll(() => server?.stop())

const on: OnBus = (work) => onLayer(layer.pipe(Layer.provide(Nats.to({ servers: server.url, name: "suite" }))))(work)

describe("the bus on NATS", () => {
  holdsDeliveries(on, 1_200)
  holdsQuestions(on)
})

/** A connection is there again some time after its server. */
const untilBack = { schedule: Schedule.spaced("100 millis"), times: 100 }

/** What an operator does to the server, on a connection of their own. */
const operating = <A>(work: (manager: JetStreamManager) => Promise<A>) =>
  Effect.provide(
    Nats.use((connection) => Effect.promise(async () => work(await jetstreamManager(connection)))),
    Nats.to({ servers: server.url, name: "operator" }),
  )

describe("the bus on a NATS that refuses", () => {
  it("says so when a message is too large for its stream, and stores the next one", () =>
    on(
      Effect.gen(function* () {
        const { inbox, say, name } = yield* world()
        yield* operating((manager) => manager.streams.update(name, { max_msg_size: 1_000 }))
        expect(yield* Effect.flip(say("x".repeat(2_000)))).toMatchObject({
          _tag: "BusUnavailable",
          message: expect.stringContaining("message size exceeds maximum allowed"),
        })
        expect((yield* say("small")).sequence).toBe(1)
        expect(yield* next(inbox)).toBe("small #1")
      }),
    ))
})

describe("the bus on a NATS that somebody else changes", () => {
  it("makes a durable again that was removed while a strange one came", () =>
    on(
      Effect.gen(function* () {
        const bus = yield* Bus
        const name = fresh()
        const log = streamOf(name, { retention: "limits" })
        yield* bus.ensure([log])
        yield* operating(async (manager) => {
          await manager.consumers.delete(name, `${name}-all`)
          await manager.consumers.add(name, { durable_name: "strange", ack_policy: AckPolicy.Explicit })
        })
        yield* bus.ensure([log])
        const found = (yield* bus.state).find((one) => one.name === name)?.durables.map(({ durable }) => durable)
        expect(found?.sort()).toEqual([`${name}-all`, "strange"])
      }),
    ))
})

describe.each([1, 8])("the bus on a NATS that breaks (prefetch %i)", (prefetch) => {
  it("goes on after kill -9 and a restart, with what was stored", () =>
    on(
      Effect.gen(function* () {
        const { inbox, say } = yield* world(300, prefetch)
        yield* say("before")
        yield* Queue.take(inbox)
        yield* Effect.promise(() => server.kill())
        yield* Effect.promise(() => server.start())
        const again = yield* Queue.take(inbox)
        expect(again).toMatchObject({ text: "before" })
        yield* again.ack
        yield* Effect.retry(say("after"), untilBack)
        const texts = [yield* Queue.take(inbox), yield* Queue.take(inbox)].map(({ text }) => text)
        expect(texts).toContain("after")
      }),
    ))

  it("goes on within seconds after its store was wiped and made again", () =>
    on(
      Effect.gen(function* () {
        const { bus, inbox, say, name } = yield* world(5_000, prefetch)
        yield* say("before")
        yield* Effect.flatMap(Queue.take(inbox), ({ ack }) => ack)
        yield* Effect.promise(() => server.wipe())
        const since = performance.now()
        yield* Effect.retry(bus.ensure([streamOf(name, {}, 5_000)]), untilBack)
        expect((yield* Effect.retry(say("new"), untilBack)).sequence).toBe(1)
        expect(yield* next(inbox)).toBe("new #1")
        expect(performance.now() - since).toBeLessThan(15_000)
      }),
    ))

  it("says so when it cannot store: the stream is gone", () =>
    on(
      Effect.gen(function* () {
        const { bus, say } = yield* world(undefined, prefetch)
        yield* Effect.promise(() => server.wipe())
        expect(yield* Effect.flip(say("lost"))).toMatchObject({ _tag: "BusUnavailable" })
        expect(yield* Effect.retry(bus.isConnected.pipe(Effect.filterOrFail((connected) => connected)), untilBack)).toBe(true)
      }),
    ))
})
