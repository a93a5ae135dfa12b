import { join } from "node:path"
import { Bus } from "@ci-fix-pilot/actor/Bus"
import * as BusNats from "@ci-fix-pilot/actor/Bus.nats"
import { Nats } from "@ci-fix-pilot/actor/nats-connection"
import { Objects } from "@ci-fix-pilot/actor/Objects"
import * as ObjectsNats from "@ci-fix-pilot/actor/Objects.nats"
import { type CommandType, commands } from "@ci-fix-pilot/contract/commands"
import { Service } from "@ci-fix-pilot/contract/ids"
import { commandConsumers, streams } from "@ci-fix-pilot/contract/streams"
import { commandSubject, healthSubject } from "@ci-fix-pilot/contract/subjects"
import { checkout } from "@ci-fix-pilot/machine/process-tools"
import { type NatsServer, startNatsServer } from "@ci-fix-pilot/testkit/nats-server"
import { Effect, Layer, Redacted, Stream } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { passwordVariable, randomPasswords } from "./nats/fleet-passwords.ts"

const passwords = randomPasswords()
let server: NatsServer

/** Runs as a service, over the connection and the layers that it has in the fleet. */
const as = <A, E>(user: string, effect: Effect.Effect<A, E, Bus | Objects>): Promise<A> => {
  const password = Redacted.make(passwords[passwordVariable(user)] ?? "")
  const connection = Nats.to({ servers: server.url, name: user, user, password })
  return Effect.runPromise(effect.pipe(Effect.provide(Layer.mergeAll(BusNats.layer, ObjectsNats.layer).pipe(Layer.provide(connection)))))
}

const durable = (name: string, subject: string) => ({ durable: name, subject, ackWaitMs: 3_000, maxAckPending: 10 })
const configs = [
  { ...streams.commands, durables: commandConsumers.map(({ durable: name, subject }) => durable(name, subject)) },
  { ...streams.events, durables: [durable("planner", streams.events.subjects[0])] },
  { ...streams.runs, durables: [] },
].map((config) => ({ ...config, duplicateWindowMs: 120_000 }))

const takeOne = (stream: string, name: string) =>
  Effect.gen(function* () {
    const [delivery] = yield* (yield* Bus).consume({ stream, durable: name, prefetch: 1 }).pipe(Stream.take(1), Stream.runCollect)
    yield* delivery?.ack ?? Effect.void
    return delivery?.text
  })

const owned = (service: string) => commandConsumers.filter(({ type }) => type.startsWith(`${service}.`))

beforeAll(async () => {
  server = await startNatsServer({ config: join(checkout(), "nats.conf"), env: passwords })
  await as(
    "planner",
    Effect.gen(function* () {
      yield* (yield* Bus).ensure(configs)
    }),
  )
})
afterAll(() => server.stop())

describe("with its rights on the message server", () => {
  it("the planner sends each command and sees that it is stored", async () => {
    const stored = Effect.gen(function* () {
      const bus = yield* Bus
      return yield* Effect.forEach(Object.keys(commands) as Array<CommandType>, (type) =>
        Effect.flatMap(bus.publish(commandSubject(type), type, `${type}#1`), ({ sequence }) =>
          bus.isStored(streams.commands.name, sequence, `${type}#1`),
        ),
      )
    })
    expect(await as("planner", stored)).not.toContain(false)
  })

  it.each([...Service.literals].filter((service) => owned(service).length > 0))(
    "%s takes its commands and says what it saw",
    async (service) => {
      const work = Effect.gen(function* () {
        const taken = yield* Effect.forEach(owned(service), ({ durable: name }) => takeOne(streams.commands.name, name))
        yield* (yield* Bus).publish(`evt.${service}.seen`, service, `${service}#1`)
        return taken
      })
      expect(await as(service, work)).toEqual(owned(service).map(({ type }) => type))
    },
  )

  it("the planner reads the facts of all services", async () => {
    const facts = await as(
      "planner",
      Effect.forEach([1, 2], () => takeOne(streams.events.name, "planner")),
    )
    expect(facts.every((fact) => Service.literals.some((service) => service === fact))).toBe(true)
  })

  it.each(["validator", "github"])("%s stores a large text and the api reads it", async (service) => {
    const text = "log ".repeat(100_000)
    const ref = await as(
      service,
      Effect.gen(function* () {
        return yield* (yield* Objects).put(`${service}/log`, new TextEncoder().encode(text))
      }),
    )
    const read = Effect.gen(function* () {
      const stream = yield* (yield* Objects).get(ref ?? { key: "none", sha256: "", bytes: 0 })
      return yield* Effect.promise(() => new Response(stream).text())
    })
    expect(await as("api", read)).toBe(text)
  })

  it("the api asks every service for its health", async () => {
    const answering = Effect.gen(function* () {
      yield* (yield* Bus).answer(healthSubject("memory"), () => Effect.succeed("well"))
      return yield* Effect.promise(() =>
        as(
          "api",
          Effect.gen(function* () {
            return yield* (yield* Bus).ask(healthSubject("memory"), "", 2_000)
          }),
        ),
      )
    })
    expect(await as("memory", Effect.scoped(answering))).toBe("well")
  })

  it("the api sees how full the queues are", async () => {
    const state = await as(
      "api",
      Effect.gen(function* () {
        return yield* (yield* Bus).state
      }),
    )
    expect(state.map(({ name }) => name).sort()).toEqual(["COMMANDS", "EVENTS", "RUNS"])
  })
})
