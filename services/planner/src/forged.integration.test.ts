import { join } from "node:path"
import { Bus } from "@ci-fix-pilot/actor/Bus"
import * as NatsBus from "@ci-fix-pilot/actor/Bus.nats"
import { Nats } from "@ci-fix-pilot/actor/nats-connection"
import { type EventMessage, encodeMessage } from "@ci-fix-pilot/contract/envelope"
import type { Event } from "@ci-fix-pilot/contract/events"
import { Service } from "@ci-fix-pilot/contract/ids"
import { eventSubject } from "@ci-fix-pilot/contract/subjects"
import { checkout } from "@ci-fix-pilot/machine/process-tools"
import { migrate } from "@ci-fix-pilot/sql/migrate"
import { Sql } from "@ci-fix-pilot/sql/Sql"
import * as Postgres from "@ci-fix-pilot/sql/Sql.postgres"
import { startPostgres } from "@ci-fix-pilot/testkit/database"
import { startNatsServer } from "@ci-fix-pilot/testkit/nats-server"
import { ciFailed, runIdOf, scriptedAnswer, target } from "@ci-fix-pilot/testkit/scripted-answers"
import { Effect, Layer, ManagedRuntime, Redacted, Schedule } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { layer as planner } from "./main.ts"
import { migrations } from "./migrations.ts"
import { bury } from "./put-aside.ts"

const runId = runIdOf(1)
const traceparent = "00-00000000000000000000000000000000-0000000000000000-00"
const passwords = Object.fromEntries(
  [...Service.literals, "operator"].map((user) => [`CI_HEALING_NATS_PASSWORD_${user.toUpperCase()}`, `p${crypto.randomUUID()}`]),
)

let database: Awaited<ReturnType<typeof startPostgres>>
let server: Awaited<ReturnType<typeof startNatsServer>>
let world: ManagedRuntime.ManagedRuntime<Bus | Sql, unknown>

const connection = (user: string) =>
  Nats.to({
    servers: server.url,
    name: user,
    user,
    password: Redacted.make(passwords[`CI_HEALING_NATS_PASSWORD_${user.toUpperCase()}`] ?? ""),
  })

/** Says something as a service, over its own connection and with its own rights. */
const say = (service: Service, type: Event["type"], message: EventMessage) =>
  Effect.runPromise(
    Bus.use((bus) => bus.publish(eventSubject(service, type), encodeMessage(message), crypto.randomUUID())).pipe(
      Effect.retry(Schedule.spaced("100 millis")),
      Effect.provide(NatsBus.layer.pipe(Layer.provide(connection(service)))),
    ),
  )
const rows = (text: string, values: ReadonlyArray<string> = []) => world.runPromise(Sql.use((sql) => sql.query(text, values)))
const letters = () => rows("select run_id, said_on, why, text from dead_letter order by at")
const ledger = async () => (await rows("select type from run_event where run_id = $1 order by seq", [runId])).map(({ type }) => type)
const commands = () => rows("select command_id, type, dispatch, closed_at, deadline_at > now() as waits from command order by command_id")

const headers = { at: "", runId, traceparent }
const failed: EventMessage = { ...headers, id: "inbox:webhook:1", type: "ci-failed", data: ciFailed(1) }
const asked = `${runId}.2.1`
const fetched = scriptedAnswer({ type: "github.fetch-failure", data: { target: target(1) } })
const answer = (event: Event): EventMessage => ({ ...headers, id: `${asked}#1#h`, causedBy: `${asked}#1`, ...event })
const abort: EventMessage = { ...headers, id: "inbox:review:1", type: "review-given", data: { action: "abort", reviewer: "nobody" } }

beforeAll(async () => {
  ;[database, server] = await Promise.all([startPostgres(), startNatsServer({ config: join(checkout(), "nats.conf"), env: passwords })])
  const url = await database.freshDatabase()
  world = ManagedRuntime.make(
    planner.pipe(
      Layer.provideMerge(NatsBus.layer.pipe(Layer.provide(connection("planner")))),
      Layer.provideMerge(Layer.effect(Sql, Postgres.make(url, 4))),
    ),
  )
  await Effect.runPromise(Effect.provide(migrate(migrations()), Layer.effect(Sql, Postgres.make(url, 2))))
  await world.runPromise(Effect.void)
})
afterAll(async () => {
  await world?.dispose()
  await Promise.all([database?.stop(), server?.stop()])
})

const others = Service.literals.filter((service) => service !== "github" && service !== "planner")

it("what a service may say is applied", async () => {
  await say("ingest", "ci-failed", failed)
  await expect.poll(ledger).toEqual(["ci-failed", "fetch-started"])
})

describe("a message that its speaker may not say", () => {
  it.each(others)("an answer that %s gives for another is put aside with the reason, and changes nothing", async (service) => {
    const before = [await ledger(), await commands()]
    await say(service, fetched.type, answer(fetched))
    const saidOn = `evt.${service}.failure-fetched`
    const expected = expect.objectContaining({ run_id: runId, said_on: saidOn, why: `failure-fetched is not said on ${saidOn}` })
    await expect.poll(letters).toContainEqual(expected)
    expect([await ledger(), await commands()]).toEqual(before)
  })

  it.each(Service.literals.filter((service) => service !== "api"))(
    "a reviewer's word that %s says, under its own name or as the api's, is put aside, too",
    async (service) => {
      const before = [await ledger(), await commands()]
      await say(service, "review-given", abort)
      await say(service, "failure-fetched", abort)
      for (const saidOn of [`evt.${service}.review-given`, `evt.${service}.failure-fetched`])
        await expect
          .poll(letters)
          .toContainEqual(expect.objectContaining({ said_on: saidOn, why: `review-given is not said on ${saidOn}` }))
      expect([await ledger(), await commands()]).toEqual(before)
    },
  )

  it("is not believed of the inbox of another source, nor when a person sends it again", async () => {
    const insert =
      "insert into inbox (source, key, run_id, type, body, body_sha256, message_id, traceparent, received_at) values ($1, $2, $3, '', $4::text::jsonb, '', $5, $6, now() - interval '1 minute')"
    const { type, data } = abort
    const body = JSON.stringify({ type, data, id: "inbox:review:2", runId: runIdOf(2) })
    await rows(insert, ["webhook", "k", runId, body, "inbox:webhook:k", traceparent])
    const outcome = async (source: string) => (await rows("select outcome from inbox where source = $1", [source]))[0]?.["outcome"]
    const why = "review-given is not said on inbox.webhook.review-given"
    await expect.poll(() => outcome("webhook")).toMatchObject({ result: "ignored", why: `it is not believed: ${why}` })
    const [letter] = await rows("select message_id from dead_letter where said_on like 'inbox.%'")
    await rows(insert, ["resend", `${letter?.["message_id"]}#k`, runId, body, "inbox:resend:k", traceparent])
    await expect.poll(() => outcome("resend")).toMatchObject({ result: "ignored", why: `it is not believed: ${why}` })
    expect(await ledger()).toEqual(["ci-failed", "fetch-started"])
    expect(await rows("select 1 from dead_letter where said_on like 'inbox.%'")).toHaveLength(1)
  })

  it.each(["half of a pair \ud83d", "\0"])("stops nobody with a name that the database cannot store: %j", async (name) => {
    const count = (await letters()).length
    await say("ai", "diagnosed", { ...answer(fetched), id: name })
    await say("ai", "diagnosed", { ...answer(fetched), causedBy: `${name}#1` })
    await expect.poll(async () => (await letters()).length).toBe(count + 2)
  })

  it("has taken no id: the answer of whoever was asked is applied", async () => {
    await say("github", fetched.type, answer(fetched))
    await expect.poll(ledger).toEqual(["ci-failed", "fetch-started", "failure-fetched"])
    expect((await commands()).find((row) => row["command_id"] === asked)?.["closed_at"]).not.toBeNull()
  })

  it("cannot end what another was asked, though everybody may say that something failed", async () => {
    const open = (await commands()).find(({ type }) => type === "validator.reproduce")
    expect(open).toMatchObject({ closed_at: null, waits: true })
    const causedBy = `${open?.["command_id"]}#1`
    await say("github", "failed-for-good", {
      ...{ ...headers, id: `${causedBy}#h`, causedBy },
      ...{ type: "failed-for-good", data: { reason: "no rights" } },
    })
    const why = "validator.reproduce is not answered with failed-for-good on evt.github.failed-for-good"
    await expect.poll(letters).toContainEqual(expect.objectContaining({ why }))
    expect((await commands()).find(({ command_id }) => command_id === open?.["command_id"])).toEqual(open)
  })

  it("ends nothing of another when it cannot be applied before anybody has looked who said it, and what is its own it ends", async () => {
    const open = (await commands()).find(({ type }) => type === "validator.reproduce")
    const [causedBy, event] = [`${open?.["command_id"]}#1`, { type: "failed-for-good", data: { reason: "odd" } } as const]
    const waits = async (service: Service) => {
      const message: EventMessage = { ...headers, id: `${causedBy}#${service}`, causedBy, ...event }
      const what = { kind: "message", message, saidOn: eventSubject(service, event.type) } as const
      await world.runPromise(bury({ id: message.id, runId, traceparent, what }, "it crashed"))
      return (await rows("select deadline_at > now() as waits from command where command_id = $1", [`${open?.["command_id"]}`]))[0]?.[
        "waits"
      ]
    }
    expect([await waits("github"), await waits("validator")]).toEqual([true, false])
  })
})
