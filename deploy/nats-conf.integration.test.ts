import { join } from "node:path"
import { commands } from "@ci-fix-pilot/contract/commands"
import { Service } from "@ci-fix-pilot/contract/ids"
import { commandDurable } from "@ci-fix-pilot/contract/subjects"
import { checkout } from "@ci-fix-pilot/machine/process-tools"
import { type NatsServer, startNatsServer } from "@ci-fix-pilot/testkit/nats-server"
import { Schema } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { passwordVariable, randomPasswords } from "./nats/fleet-passwords.ts"
import { type RawClient, rawClient } from "./nats/raw-client.ts"

const passwords = randomPasswords()
let server: NatsServer
let monitoringPort: string | undefined

const as = async <A>(user: string, use: (client: RawClient) => Promise<A>): Promise<A> => {
  const client = await rawClient(server.port, user, passwords[passwordVariable(user)] ?? "")
  try {
    return await use(client)
  } finally {
    client.close()
  }
}
const publish = (user: string, subject: string) => as(user, ({ tell }) => tell(`PUB ${subject} 2\r\n{}`))
const subscribe = (user: string, subject: string) => as(user, ({ tell }) => tell(`SUB ${subject} 1`))

/** What the server's monitoring says of how it looks after connections. */
const Pings = Schema.Struct({ ping_interval: Schema.Finite, ping_max: Schema.Int })

const services = [...Service.literals]
const durables = Object.keys(commands).map((type) => ({
  owner: type.split(".")[0] ?? "",
  durable: commandDurable(type as keyof typeof commands),
}))
const working = (durable: string) => [
  `$JS.API.CONSUMER.INFO.COMMANDS.${durable}`,
  `$JS.API.CONSUMER.MSG.NEXT.COMMANDS.${durable}`,
  `$JS.ACK.COMMANDS.${durable}.1.1.1.1.1`,
]

beforeAll(async () => {
  server = await startNatsServer({ config: join(checkout(), "nats.conf"), env: passwords })
  // Now: what it says first is not kept for as long as what it says last.
  monitoringPort = /http monitor on \S+:(\d+)/u.exec(server.output())?.[1]
})
afterAll(() => server.stop())

describe("nats.conf", () => {
  it("lets nobody in without their password", async () => {
    await expect(rawClient(server.port, "ai", "guess")).rejects.toThrow("Authorization Violation")
    await expect(rawClient(server.port, "stranger", "")).rejects.toThrow("Authorization Violation")
  })

  it.each(services)("lets %s speak for itself and for nobody else", async (user) => {
    expect(await publish(user, `evt.${user}.seen`)).toBeUndefined()
    for (const other of services.filter((name) => name !== user))
      expect(await publish(user, `evt.${other}.seen`)).toMatch(/Permissions Violation/)
  })

  it.each(services)("lets %s read its own inbox and nobody else's", async (user) => {
    expect(await subscribe(user, `_INBOX_${user}.>`)).toBeUndefined()
    for (const subject of [">", "_INBOX.>", ...services.filter((name) => name !== user).map((name) => `_INBOX_${name}.>`)])
      expect(await subscribe(user, subject)).toMatch(/Permissions Violation/)
  })

  it.each(services)("lets %s answer for its own health only", async (user) => {
    expect(await subscribe(user, `ask.${user}.health`)).toBeUndefined()
    for (const other of services.filter((name) => name !== user))
      expect(await subscribe(user, `ask.${other}.health`)).toMatch(/Permissions Violation/)
  })

  it.each(durables)("lets only $owner take from $durable", async ({ owner, durable }) => {
    for (const subject of working(durable)) expect(await publish(owner, subject)).toBeUndefined()
    const taking = working(durable).slice(1)
    for (const other of [...services, "operator"].filter((name) => name !== owner))
      for (const subject of taking)
        expect({ other, refusal: await publish(other, subject) }).toMatchObject({ refusal: expect.stringMatching(/Permissions/) })
  })

  it("lets only the planner send commands, publish the ledger and make streams", async () => {
    const subjects = [
      "cmd.ai.diagnose",
      "run.run_1.fixed",
      "$JS.API.STREAM.CREATE.COMMANDS",
      "$JS.API.STREAM.UPDATE.RUNS",
      "$JS.ACK.EVENTS.planner.1.1.1.1.1",
    ]
    for (const subject of subjects) {
      expect(await publish("planner", subject)).toBeUndefined()
      for (const other of [...services, "operator"].filter((name) => name !== "planner"))
        expect(await publish(other, subject)).toMatch(/Permissions Violation/)
    }
  })

  it("takes who answers nothing for gone within half a minute, so that those who ask after it hear so", async () => {
    const settings = await (await fetch(`http://127.0.0.1:${monitoringPort}/varz`)).json()
    const { ping_interval: betweenPingsNs, ping_max: unanswered } = Schema.decodeUnknownSync(Pings)(settings)
    expect((betweenPingsNs / 1e9) * (unanswered + 1)).toBeLessThanOrEqual(30)
  })

  it("lets nobody purge or delete what is on its way", async () => {
    for (const user of [...services, "operator"])
      for (const subject of [
        "$JS.API.STREAM.PURGE.COMMANDS",
        "$JS.API.STREAM.DELETE.EVENTS",
        "$JS.API.STREAM.MSG.DELETE.COMMANDS",
        "$SYS.REQ.SERVER.PING",
      ])
        expect(await publish(user, subject)).toMatch(/Permissions Violation/)
  })

  it("lets only the ai ask about a workspace, and only the validator answer", async () => {
    expect(await publish("ai", "ask.validator.read-file")).toBeUndefined()
    expect(await publish("github", "ask.validator.read-file")).toMatch(/Permissions Violation/)
    expect(await subscribe("validator", "ask.validator.read-file")).toBeUndefined()
    expect(await subscribe("ai", "ask.validator.read-file")).toMatch(/Permissions Violation/)
  })

  it("lets validators ask each other who lives, and not about workspaces", async () => {
    expect(await publish("validator", "ask.validator.instance.other")).toBeUndefined()
    expect(await publish("validator", "ask.validator.read-file")).toMatch(/Permissions Violation/)
    expect(await publish("github", "ask.validator.instance.other")).toMatch(/Permissions Violation/)
  })

  it("lets only the planner answer for leases", async () => {
    expect(await subscribe("planner", "ask.planner.lease")).toBeUndefined()
    expect(await subscribe("validator", "ask.planner.lease")).toMatch(/Permissions Violation/)
  })

  it("lets people see everything and change nothing", async () => {
    expect(await subscribe("operator", ">")).toBeUndefined()
    for (const subject of ["cmd.ai.diagnose", "evt.ai.diagnosed", "ask.planner.lease", "$O.OBJECTS.C.x"])
      expect(await publish("operator", subject)).toMatch(/Permissions Violation/)
  })
})
