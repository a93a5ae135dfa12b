import { Bus } from "@ci-fix-pilot/actor/Bus"
import * as Memory from "@ci-fix-pilot/actor/Bus.memory"
import { Holder } from "@ci-fix-pilot/actor/Holder"
import { HealthCheck } from "@ci-fix-pilot/actor/health"
import { decodeEvent, encodeMessage } from "@ci-fix-pilot/contract/envelope"
import { streams } from "@ci-fix-pilot/contract/streams"
import { commandDurable, commandSubject } from "@ci-fix-pilot/contract/subjects"
import { fails, type SlackServer, startSlack } from "@ci-fix-pilot/testkit/slack-server"
import { ConfigProvider, Effect, Layer, References, Stream } from "effect"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { layer as health } from "./health.ts"
import { layer } from "./main.ts"
import { noticeOf } from "./notices.suite.ts"

let server: SlackServer
beforeEach(async () => {
  server = await startSlack()
})
afterEach(() => server.stop())

const type = "notifier.notify" as const
const stream = {
  ...streams.commands,
  duplicateWindowMs: 60_000,
  durables: [{ durable: commandDurable(type), subject: commandSubject(type), ackWaitMs: 30_000, maxAckPending: 10 }],
}
const commandOf = (id: string) => ({
  id,
  at: "2026-11-23T00:00:00.000Z",
  runId: "run_000000000000000000000001",
  traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  type,
  data: noticeOf("run-escalated"),
})

/** The whole service on a bus in this process: sends commands with these ids at once, gives the answers in order of arrival. */
const notify = (ids: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const bus = yield* Bus
    yield* bus.ensure([stream])
    const said = yield* bus.subscribe("evt.notifier.>")
    for (const id of ids) yield* bus.publish(commandSubject(type), encodeMessage(commandOf(id)), id)
    const messages = yield* said.pipe(Stream.take(ids.length), Stream.runCollect)
    const answers = yield* Effect.forEach(messages, ({ text }) => decodeEvent(text))
    const { notes } = yield* yield* HealthCheck
    return { notes, answers: answers.map(({ causedBy, type: fact, data }) => ({ causedBy, fact, ...data })) }
  }).pipe(
    Effect.provide(Layer.mergeAll(layer, health).pipe(Layer.provideMerge(Memory.layer), Layer.provide(Holder.layer))),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnvRecord({ CI_HEALING_SLACK_WEBHOOK_URL: server.webhookUrl })),
    Effect.provideService(References.MinimumLogLevel, "Fatal"),
    Effect.scoped,
    Effect.runPromise,
  )

describe("the notifier service", () => {
  it("posts a notice once, though it was delivered again before it was answered", async () => {
    const { answers, notes } = await notify(["a#1", "a#2", "a#3"])
    expect(answers.toSorted((a, b) => `${a.causedBy}`.localeCompare(`${b.causedBy}`))).toEqual(
      ["a#1", "a#2", "a#3"].map((causedBy) => ({ causedBy, fact: "notified", channel: "slack" })),
    )
    expect(notes).toEqual([])
    expect(server.messages).toHaveLength(1)
  })

  it("postpones what would hold up the others", async () => {
    const { answers } = await notify(["a#1", "b#1", "c#1", "d#1", "e#1"])
    const facts = answers.map(({ fact }) => fact)
    expect(facts.filter((fact) => fact === "notified").length).toBe(server.messages.length)
    expect(facts.filter((fact) => fact === "postponed").length).toBeGreaterThan(0)
    expect(facts).toHaveLength(5)
  })

  it("says in its health that the channel is gone, though it is ready", async () => {
    server.replyAlways(fails(404, "no_service"))
    const { answers, notes } = await notify(["a#1", "b#1", "c#1"])
    expect(answers).toMatchObject(Array(3).fill({ fact: "notified", channel: "off" }))
    expect(notes).toEqual([expect.stringMatching(/^Slack answered 404 no_service, 3 times in a row: .* CI_HEALING_SLACK_WEBHOOK_URL$/u)])
  })
})
