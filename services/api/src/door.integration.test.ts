import { connect } from "node:net"
import { type PostgresServer, startPostgres } from "@ci-fix-pilot/testkit/database"
import { type NatsServer, startNatsServer } from "@ci-fix-pilot/testkit/nats-server"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Listening, startListening } from "./listening.suite.ts"
import { failed, runId } from "./stories.suite.ts"

const token = "t0ken"
let database: PostgresServer
let broker: NatsServer
let api: Listening

beforeAll(async () => {
  ;[database, broker] = await Promise.all([startPostgres(), startNatsServer()])
  api = await startListening(await database.freshDatabase(), broker.url, { CI_HEALING_API_TOKEN: token })
  await api.record(runId(1), [failed(1)])
})
afterAll(async () => {
  await api?.stop()
  await Promise.all([database?.stop(), broker?.stop()])
})

/** What the server says to a request line and a host that no browser would send; a stream is cut after its head. */
const raw = (target: string, host: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(api.url)
    let said = ""
    const socket = connect(Number(port), hostname, () =>
      socket.write(`GET ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`),
    )
    socket.on("data", (chunk) => {
      said += chunk.toString()
      if (said.includes("text/event-stream")) socket.destroy()
    })
    socket.on("close", () => resolve(said)).on("error", reject)
  })

const secrets = [
  "/v1/ci-healing/runs",
  `/v1/ci-healing/runs/${runId(1)}`,
  "/v1/ci-healing/system",
  "/v1/ci-healing/metrics/summary",
  "/v1/ci-healing/stream?after=0",
  "/openapi",
  "/metrics",
]

describe("who shows no token", () => {
  it("gets nothing from any route but the open ones, whatever is asked of it", async () => {
    const { paths } = await (await api.get("/openapi", { authorization: `Bearer ${token}` })).json()
    const routes = Object.entries<object>(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`))
    expect(routes.length).toBeGreaterThan(14)
    const letIn = await Promise.all(
      routes.map(async (route) => {
        const [method = "", path = ""] = route.split(" ")
        const { status } = await fetch(`${api.url}${path.replaceAll(/\{\w+\}/gu, "abort")}`, { method: method.toUpperCase() })
        return status === 401 ? [] : [route]
      }),
    )
    expect(letIn.flat().sort()).toEqual(["delete /v1/session", "get /healthz", "get /readyz", "get /v1/session", "post /v1/session"])
    expect((await api.get("/openapi")).status).toBe(401)
  })

  // Where the name of a server ends and the path begins is read in more than one way: none of them opens a door.
  it.each(["a", "ab", "abc", "", "a?b", "a#b", "a/b", "a\\b", "a@b", ":", "[::1"])("gets nothing by the host %j", async (host) => {
    for (const path of secrets)
      for (const target of [
        path,
        `/x${path}`,
        `/xx${path}`,
        `/xxx${path}`,
        `/${path}`,
        `//${path}`,
        `http://${host}${path}`,
        `http:/${path}`,
      ]) {
        const said = await raw(target, host)
        expect([host, target, /^HTTP\/1\.1 (?:401|404|400|422|503)|^$/u.test(said) ? "" : said]).toEqual([host, target, ""])
        expect(said).not.toMatch(/run_|ci_fix_pilot_runs|"paths"|fixRate/u)
      }
  })

  it("finds the pages by a short name as by a long one", async () => {
    for (const host of ["a", "abc", "healing.example.test"]) expect(await raw("/healthz", host)).toMatch(/^HTTP\/1\.1 200/u)
  })
})
