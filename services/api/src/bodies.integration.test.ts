/** What comes with a change: nothing of it may be lost on the way, and what cannot be meant is refused. */
import { connect } from "node:net"
import { type PostgresServer, startPostgres } from "@ci-fix-pilot/testkit/database"
import { type NatsServer, startNatsServer } from "@ci-fix-pilot/testkit/nats-server"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Listening, startListening } from "./listening.suite.ts"
import { patch, proven, runId } from "./stories.suite.ts"

let database: PostgresServer
let broker: NatsServer
let api: Listening
let guarded: Listening

beforeAll(async () => {
  ;[database, broker] = await Promise.all([startPostgres(), startNatsServer()])
  api = await startListening(await database.freshDatabase(), broker.url)
  guarded = await startListening(await database.freshDatabase(), broker.url, { CI_HEALING_API_TOKEN: "t0ken" })
  await api.record(runId(1), proven(1))
})
afterAll(async () => {
  await Promise.all([api?.stop(), guarded?.stop()])
  await Promise.all([database?.stop(), broker?.stop()])
})

const approve = `/v1/ci-healing/runs/${runId(1)}/actions/approve`
const resend = `/v1/ci-healing/system/dead-letters/${"0".repeat(64)}/actions/resend`
const guards = { patchSha256: patch.sha256, expectedPhase: "awaiting-approval", reviewer: "ada" }

const send = (path: string, body: BodyInit, headers: Record<string, string> = {}, at = api) =>
  fetch(`${at.url}${path}`, { method: "POST", body, headers })
const refusal = async (response: Response) => {
  const { error } = await response.json()
  return [response.status, error.code, (error.fields ?? []).map(({ field }: { field: string }) => field)]
}
const reviews = () => api.rows(`select body from inbox where run_id = '${runId(1)}' order by received_at desc`)

/** Each place where something can be changed. */
const changes: ReadonlyArray<[string, string, object]> = [
  ["a review", approve, guards],
  ["a sign-in", "/v1/session", { token: "t0ken", reviewer: "ada" }],
  ["sending again", resend, { reviewer: "ada" }],
]
const who = { authorization: "Bearer t0ken" }

describe("a guard", () => {
  // The first is what curl says of its -d unless told.
  it.each(["application/x-www-form-urlencoded", "application/xml", "multipart/form-data; boundary=x", "text/plain", "", "no type"])(
    "counts in JSON that is said to be %j",
    async (type) => {
      const key = `as ${type}`
      const answer = send(approve, JSON.stringify({ ...guards, idempotencyKey: key }), { "content-type": type })
      await expect.poll(async () => (await api.rows(`select 1 from inbox where key like '%${key}' and outcome is null`)).length).toBe(1)
      await api.rows(`update inbox set applied_at = now(), outcome = '{"result":"applied","status":"running"}' where key like '%${key}'`)
      expect((await answer).status).toBe(200)
      expect((await reviews())[0]).toMatchObject({ body: { data: guards } })
    },
  )

  it.each(["patchSHA256", "expected_phase", "__proto__"])("that is misspelt is refused by its name: %s", async (key) => {
    const before = await reviews()
    const response = await send(approve, `{"reviewer":"ada","${key}":"${patch.sha256}"}`)
    expect(await refusal(response)).toEqual([422, "invalid", [key]])
    expect(await reviews()).toEqual(before)
  })
})

describe.each(changes)("%s", (_, path, body) => {
  const at = (content: BodyInit, headers = {}) => send(path, content, { ...who, ...headers }, guarded)

  it("with a key that nobody knows is refused by its name", async () => {
    expect(await refusal(await at(JSON.stringify({ ...body, typo: 1 })))).toEqual([422, "invalid", ["typo"]])
  })

  it.each<[string, BodyInit, string]>([
    ["a form", new URLSearchParams({ reviewer: "ada", token: "t0ken" }), "application/x-www-form-urlencoded"],
    ["XML", "<reviewer>ada</reviewer>", "application/xml"],
    ["half of it", '{"reviewer":', "application/json"],
    ["no text", new Uint8Array([0x22, 0xff, 0x22]), "application/json"],
    ["a list", "[]", "application/json"],
    ["null", "null", "application/json"],
  ])("that is no JSON object is refused: %s", async (__, content, type) => {
    expect(await refusal(await at(content, { "content-type": type }))).toEqual([422, "invalid", ["body"]])
  })

  it("that is too large is refused in words, announced or not", async () => {
    const large = JSON.stringify({ ...body, note: "x".repeat(70_000) })
    const unannounced = new Blob([large]).stream()
    for (const content of [large, unannounced]) expect(await refusal(await at(content))).toEqual([413, "too-large", []])
  })

  it("that is larger than anything is refused before it comes", async () => {
    const { hostname, port } = new URL(guarded.url)
    const said = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () =>
        socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer t0ken\r\ncontent-length: 9000000000\r\n\r\n{`),
      )
      socket.once("error", reject).once("data", (chunk) => {
        resolve(chunk.toString())
        socket.destroy()
      })
    })
    expect(said).toMatch(/^HTTP\/1\.1 413 [\s\S]+"code":"too-large"/u)
  })
})

describe("a change without a body", () => {
  it("says nothing of who asks and what for, where that may be left out", async () => {
    expect((await send(resend, "")).status).toBe(404)
    expect((await send(`/v1/ci-healing/runs/${runId(2)}/actions/abort`, "")).status).toBe(404)
    expect(await refusal(await send("/v1/session", "", who, guarded))).toEqual([422, "invalid", ["token", "reviewer"]])
  })
})

it("is described in OpenAPI as it is", async () => {
  const { paths } = await (await api.get("/openapi")).json()
  const keysOf = (path: string) => {
    const { schema } = paths[path].post.requestBody.content["application/json"]
    return [schema.additionalProperties, Object.keys(schema.properties)]
  }
  expect(keysOf("/v1/ci-healing/runs/{runId}/actions/{action}")).toEqual([
    false,
    ["note", "reviewer", "idempotencyKey", "patchSha256", "expectedPhase"],
  ])
  expect(keysOf("/v1/session")).toEqual([false, ["token", "reviewer"]])
  expect(keysOf("/v1/ci-healing/system/dead-letters/{id}/actions/resend")).toEqual([false, ["reviewer"]])
})
