import { existsSync } from "node:fs"
import { connect } from "node:net"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type NatsServer, startNatsServer } from "./nats-server.ts"

/** The server's first line, `INFO {...}`. */
const greeting = (port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1")
    socket.once("error", reject)
    socket.once("data", (data) => {
      resolve(data.toString())
      socket.destroy()
    })
  })

describe("nats-server", () => {
  let server: NatsServer
  beforeAll(async () => {
    server = await startNatsServer()
  })
  afterAll(() => server.stop())

  it("answers with JetStream on", async () => {
    expect(await greeting(server.port)).toContain('"jetstream":true')
  })

  it("is gone after kill and back on the same port after start", async () => {
    await server.kill()
    await expect(greeting(server.port)).rejects.toThrow()
    await server.start()
    expect(await greeting(server.port)).toMatch(/^INFO/)
  })

  it("comes back from a wipe", async () => {
    const before = server.pid()
    await server.wipe()
    expect(server.pid()).not.toBe(before)
    expect(await greeting(server.port)).toMatch(/^INFO/)
  })

  it("leaves no store and no process when stopped", async () => {
    const own = await startNatsServer()
    await own.stop()
    expect(existsSync(own.storeDir)).toBe(false)
    expect(existsSync(`/proc/${own.pid()}`)).toBe(false)
  })

  it("says what it printed when its configuration is wrong", async () => {
    await expect(startNatsServer({ config: import.meta.filename })).rejects.toMatchObject({ _tag: "ProcessFailed" })
  })
})
