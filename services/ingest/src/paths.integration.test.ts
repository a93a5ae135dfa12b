import { connect } from "node:net"
import { type PostgresServer, startPostgres } from "@ci-fix-pilot/testkit/database"
import { type NatsServer, startNatsServer } from "@ci-fix-pilot/testkit/nats-server"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Listening, startListening } from "./listening.suite.ts"

let database: PostgresServer
let broker: NatsServer
let ingest: Listening

beforeAll(async () => {
  ;[database, broker] = await Promise.all([startPostgres(), startNatsServer()])
  ingest = await startListening(await database.freshDatabase(), broker.url)
})
afterAll(async () => {
  await ingest?.stop()
  await Promise.all([database?.stop(), broker?.stop()])
})

/** What the listener says to a request whose Host is this text, which no client of HTTP sends. */
const whoseHostIs = (host: string) =>
  new Promise<string>((resolve, reject) => {
    const { hostname, port } = new URL(ingest.url)
    const socket = connect(Number(port), hostname)
    let said = ""
    socket.on("data", (part) => {
      said += part
    })
    socket.on("end", () => resolve(said))
    socket.on("error", reject)
    socket.write(`GET /nope HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
  })

describe("a path", () => {
  it.each(["[", "a b", ""])("with a host that makes no address is answered in words: %o", async (host) => {
    const [head, body] = (await whoseHostIs(host)).split("\r\n\r\n")
    expect(Number(head?.split(" ")[1])).toBeLessThan(500)
    expect(JSON.parse(body ?? "")).toMatchObject({ error: { code: "not-found" } })
  })

  it.each([
    ["GET", "/v1/ci-healing/webhook", 405, "POST"],
    ["PUT", "/v1/github/webhook", 405, "POST"],
    ["POST", "/healthz", 405, "GET, HEAD"],
    ["DELETE", "/readyz", 405, "GET, HEAD"],
    ["POST", "/v1/webhook", 404, null],
    ["GET", "/", 404, null],
  ])("that is asked by another method says which it takes: %s %s", async (method, path, status, allow) => {
    const response = await fetch(`${ingest.url}${path}`, { method })
    const { error } = await response.json()
    expect([response.status, response.headers.get("allow")]).toEqual([status, allow])
    expect(error.code).toBe(allow === null ? "not-found" : "method-not-allowed")
  })

  it("that may be read says to HEAD what it says to GET", async () => {
    for (const path of ["/healthz", "/readyz"]) {
      const response = await fetch(`${ingest.url}${path}`, { method: "HEAD" })
      expect([response.status, await response.text()]).toEqual([200, ""])
    }
  })
})
