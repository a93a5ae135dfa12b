/** What can be asked, by query, path or header, and what cannot be meant. */
import { type PostgresServer, startPostgres } from "@ci-fix-pilot/testkit/database"
import { type NatsServer, startNatsServer } from "@ci-fix-pilot/testkit/nats-server"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Listening, startListening } from "./listening.suite.ts"
import { failed, runId } from "./stories.suite.ts"

let database: PostgresServer
let broker: NatsServer
let api: Listening

beforeAll(async () => {
  ;[database, broker] = await Promise.all([startPostgres(), startNatsServer()])
  api = await startListening(await database.freshDatabase(), broker.url)
  await api.record(runId(1), [failed(1)])
})
afterAll(async () => {
  await api?.stop()
  await Promise.all([database?.stop(), broker?.stop()])
})

const refusal = async (response: Response) => {
  const { error } = await response.json()
  return [response.status, error.code, error.fields.map(({ field }: { field: string }) => field)]
}
/** What JavaScript takes for a number and nobody else does. */
const noDigits = ["0x10", "1e3", "%201%20", "%2B1", "1.0", "x", "-1", "", "99999999999999999999"]

describe("a number that is asked for", () => {
  it.each([
    ["/v1/ci-healing/runs", "page"],
    ["/v1/ci-healing/runs", "pageSize"],
    ["/v1/ci-healing/metrics/summary", "days"],
    ["/v1/ci-healing/metrics/repositories", "days"],
    ["/v1/ci-healing/stream", "after"],
  ])("stands in digits: %s ?%s", async (path, field) => {
    for (const value of noDigits)
      expect([value, ...(await refusal(await api.get(`${path}?${field}=${value}`)))]).toEqual([value, 422, "invalid", [field]])
  })
})

describe("a stream that goes on from what is no position", () => {
  it.each(["x", "0x10", "1e3", "-1"])("is refused by the name of the header: %s", async (id) => {
    const response = await api.get("/v1/ci-healing/stream?after=0", { "last-event-id": id })
    expect(await refusal(response)).toEqual([422, "invalid", ["last-event-id"]])
  })
})

describe("a query", () => {
  it.each([
    ["runs?page=0", "page"],
    ["runs?page=1000001", "page"],
    ["runs?pageSize=101", "pageSize"],
    ["runs?status=broken", "status"],
    ["runs?phase=%27", "phase"],
    ["runs?text=%00", "text"],
    ["runs?repository=a%00b", "repository"],
    ["metrics/summary?days=0", "days"],
    ["stream?runId=nobody", "runId"],
    [`runs/${runId(1)}/log?of=everything`, "of"],
  ])("that cannot be meant is refused by its name: %s", async (query, field) => {
    expect(await refusal(await api.get(`/v1/ci-healing/${query}`))).toEqual([422, "invalid", [field]])
  })

  it("may hold whatever else there is to look for", async () => {
    for (const text of ["%0a", "%ff", "%ed%a0%80", "\\", "%zz", "%F0%9F%98%80"])
      expect([text, (await api.get(`/v1/ci-healing/runs?text=${text}`)).status]).toEqual([text, 200])
    expect((await (await api.get("/v1/ci-healing/runs?page=007&pageSize=01")).json()).page).toBe(7)
  })
})

describe("a name that no run and no review can have", () => {
  it.each(["%00", "%25", "%F0%9F%98%80", "%zz", "%", "%ff", "%ed%a0%80", "x".repeat(5_000)])("is not found: %s", async (name) => {
    for (const path of [`runs/${name}`, `runs/${name}/log`, `runs/${runId(1)}/reviews/${name}`, `runs/${name}/reviews/x`]) {
      const response = await api.get(`/v1/ci-healing/${path}`)
      expect([path, response.status, (await response.json()).error.code]).toEqual([path, 404, "not-found"])
    }
  })

  it("names no key of a review either", async () => {
    const response = await api.post(`/v1/ci-healing/runs/${runId(1)}/actions/abort`, { idempotencyKey: "a\0b" })
    expect(await refusal(response)).toEqual([422, "invalid", ["idempotencyKey"]])
  })
})

describe("a path that is asked by another method", () => {
  const run = `/v1/ci-healing/runs/${runId(1)}`
  it.each([
    ["POST", "/v1/ci-healing/runs", "GET, HEAD"],
    ["DELETE", run, "GET, HEAD"],
    ["GET", `${run}/actions/abort`, "POST"],
    ["HEAD", `${run}/actions/abort`, "POST"],
    ["OPTIONS", `${run}/actions/abort`, "POST"],
    ["PUT", "/v1/session", "GET, HEAD, POST, DELETE"],
    ["POST", "/healthz", "GET, HEAD"],
    ["POST", "/", "GET, HEAD"],
    ["POST", "/v1/ci-healing/runs/%zz", "GET, HEAD"],
  ])("says which it takes: %s %s", async (method, path, allow) => {
    const response = await fetch(`${api.url}${path}`, { method })
    expect([response.status, response.headers.get("allow")]).toEqual([405, allow])
    if (method !== "HEAD") expect((await response.json()).error.code).toBe("method-not-allowed")
  })

  it.each([
    ["POST", "/v1/nothing"],
    ["PUT", "/nothing"],
    ["GET", "/v1/ci-healing"],
  ])("and that is none takes none: %s %s", async (method, path) => {
    const response = await fetch(`${api.url}${path}`, { method })
    expect([response.status, response.headers.get("allow"), (await response.json()).error.code]).toEqual([404, null, "not-found"])
  })
})
