import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { freePort } from "@ci-fix-pilot/machine/free-port"
import { type NatsServer, startNatsServer } from "@ci-fix-pilot/testkit/nats-server"
import { Effect, Fiber, Logger, Queue, Redacted } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Nats, type NatsAddress } from "./nats-connection.ts"

const folder = mkdtempSync(join(tmpdir(), "nats-login-"))
const servers: Array<NatsServer> = []

/** A server that lets in whom this says. */
const serverWith = async (authorization: string) => {
  const config = join(folder, `${crypto.randomUUID()}.conf`)
  writeFileSync(config, `jetstream: enabled\nauthorization { ${authorization} }\n`)
  const server = await startNatsServer({ config })
  servers.push(server)
  return server
}

let byUser: NatsServer
let byToken: NatsServer

beforeAll(async () => {
  ;[byUser, byToken] = await Promise.all([serverWith(`user: "ann", password: "p@ss/w:rd"`), serverWith(`token: "t0ken"`)])
})
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()))
  rmSync(folder, { recursive: true, force: true })
})

/** Says something to itself and hears it. */
const speaks = (address: NatsAddress) =>
  Nats.use((connection) =>
    Effect.promise(async () => {
      const heard = connection.subscribe("greeting", { max: 1 })
      connection.publish("greeting", "hello")
      for await (const message of heard) return message.string()
      return undefined
    }),
  ).pipe(Effect.provide(Nats.to(address)), Effect.runPromise)

describe("a broker with logins", () => {
  it("lets in whom NATS_URL names, by user or by token", async () => {
    expect(await speaks({ servers: `nats://ann:p%40ss%2Fw%3Ard@127.0.0.1:${byUser.port}`, name: "embedded" })).toBe("hello")
    expect(await speaks({ servers: `nats://t0ken@127.0.0.1:${byToken.port}`, name: "embedded" })).toBe("hello")
  })

  it("lets in a service by its own password, unless NATS_URL has a login", async () => {
    const password = Redacted.make("p@ss/w:rd")
    expect(await speaks({ servers: byUser.url, name: "ann", user: "ann", password })).toBe("hello")
    expect(await speaks({ servers: `nats://t0ken@127.0.0.1:${byToken.port}`, name: "ann", user: "ann", password })).toBe("hello")
  })

  it("is one of several that NATS_URL names", async () => {
    const nobody = await freePort()
    const login = "ann:p%40ss%2Fw%3Ard@"
    const list = `nats://${login}127.0.0.1:${byUser.port},nats://127.0.0.1:${nobody}`
    expect(await speaks({ servers: list, name: "embedded" })).toBe("hello")
  })
})

describe("a broker that lets nobody in", () => {
  /** What is said first while it is waited for; the wait can be ended at any time. */
  const firstWords = (url: string) =>
    Effect.gen(function* () {
      const said = yield* Queue.unbounded<unknown>()
      const logger = Logger.make(({ message }) => Queue.offerUnsafe(said, message))
      const waiting = yield* Effect.forkChild(
        Nats.use(() => Effect.void).pipe(Effect.provide(Nats.to({ servers: url, name: "x" })), Effect.provide(Logger.layer([logger]))),
      )
      const words = yield* Queue.take(said)
      yield* Fiber.interrupt(waiting)
      return String(words)
    }).pipe(Effect.runPromise)

  it("is waited for, and what it says is told without the password", async () => {
    const words = await firstWords(`nats://ann:guess@127.0.0.1:${byUser.port}`)
    expect(words).toMatch(/waiting for NATS at nats:\/\/127\.0\.0\.1:\d+: .*Authorization Violation/iu)
    expect(words).not.toContain("guess")
  })

  it("is waited for while it is away", async () => {
    expect(await firstWords(`nats://127.0.0.1:${await freePort()}`)).toMatch(/waiting for NATS .*refused/iu)
  })

  it("gets no password in the clear from whoever asked for TLS", async () => {
    expect(await firstWords(`tls://ann:p%40ss%2Fw%3Ard@127.0.0.1:${byUser.port}`)).toMatch(/does not support 'tls'/u)
  })

  it("is not waited for when its address is none", async () => {
    const given = Nats.use(() => Effect.void).pipe(Effect.provide(Nats.to({ servers: "http://a.test", name: "x" })))
    await expect(Effect.runPromise(given)).rejects.toThrow("NATS_URL is not an address")
  })
})
