import { Bus } from "@ci-fix-pilot/actor/Bus"
import * as BusMemory from "@ci-fix-pilot/actor/Bus.memory"
import { Holder } from "@ci-fix-pilot/actor/Holder"
import * as ObjectsMemory from "@ci-fix-pilot/actor/Objects.memory"
import type { CommandType } from "@ci-fix-pilot/contract/commands"
import { encodeMessage } from "@ci-fix-pilot/contract/envelope"
import { commandConsumers, streams } from "@ci-fix-pilot/contract/streams"
import { asks, commandSubject, eventSubject } from "@ci-fix-pilot/contract/subjects"
import { Effect, Layer, Stream } from "effect"
import { afterAll, beforeAll, expect, it } from "vitest"
import { command } from "./delivery.suite.ts"
import { configured, startForge, type TestForge } from "./forge.suite.ts"
import { layer } from "./main.ts"
import { makeShop } from "./shop.suite.ts"

let forge: TestForge
beforeAll(async () => {
  forge = await startForge()
})
afterAll(() => forge.stop())

const commands = {
  ...streams.commands,
  duplicateWindowMs: 120_000,
  durables: commandConsumers.map(({ durable, subject }) => ({ durable, subject, ackWaitMs: 3_000, maxAckPending: 100 })),
}

it("takes a command from the bus and says its answer there, for each of its commands", async () => {
  const shop = await makeShop(forge)
  const settings = configured(forge, { GITHUB_TOKEN: "forge-token", CI_HEALING_MIRROR_PORT: "0" })
  const world = layer.pipe(Layer.provide(settings), Layer.provideMerge(Layer.mergeAll(BusMemory.layer, ObjectsMemory.layer, Holder.layer)))
  const said = await Effect.runPromise(
    Effect.gen(function* () {
      const bus = yield* Bus
      yield* bus.ensure([commands, { ...streams.events, duplicateWindowMs: 120_000, durables: [] }])
      yield* bus.answer(asks.lease, () => Effect.succeed(JSON.stringify({ lease: "go" })))
      const answers = yield* bus.subscribe("evt.github.>")
      const send = (type: CommandType, message: Parameters<typeof encodeMessage>[0]) =>
        bus.publish(commandSubject(type), encodeMessage(message), message.id)
      yield* send("github.fetch-failure", { ...command("github.fetch-failure", { target: shop.target }, shop.runId), id: "f#1" })
      yield* send("github.open-pull-request", { ...command("github.open-pull-request", shop.delivery, shop.runId), id: "o#1" })
      return yield* answers.pipe(
        Stream.take(2),
        Stream.map(({ subject }) => subject),
        Stream.runCollect,
      )
    }).pipe(Effect.provide(world), Effect.scoped),
  )
  expect([...said].sort()).toEqual([eventSubject("github", "failure-unavailable"), eventSubject("github", "pull-request-opened")])
})
