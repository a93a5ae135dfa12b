import { createHash } from "node:crypto"
import { connect } from "node:net"
import { type PostgresServer, startPostgres } from "@ci-fix-pilot/testkit/database"
import { type NatsServer, startNatsServer } from "@ci-fix-pilot/testkit/nats-server"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { failureOf, type Listening, logOf, secret, sign, startListening } from "./listening.suite.ts"

let database: PostgresServer
let broker: NatsServer
let ingest: Listening

beforeAll(async () => {
  ;[database, broker] = await Promise.all([startPostgres(), startNatsServer()])
})
afterAll(async () => {
  await Promise.all([database?.stop(), broker?.stop()])
})
const start = async (env: Record<string, string> = {}) => {
  ingest = await startListening(await database.freshDatabase(), broker.url, env)
}
beforeEach(() => start())
afterEach(() => ingest.stop())

const restart = async (env: Record<string, string>) => {
  await ingest.stop()
  await start(env)
}
const count = async () => Number((await ingest.rows("select count(*)::int as n from inbox"))[0]?.["n"])
const answerOf = async (response: Promise<Response>) => {
  const { status, headers } = await response
  return { status, retryAfter: headers.get("retry-after"), ...(await (await response).json()) }
}
const read = async (response: Response) => ({ status: response.status, ...(await response.json()) })
/** What is said to the beginning of a request, when no more of it comes. */
const raw = (beginning: string) => {
  const { hostname, port } = new URL(ingest.url)
  return new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(beginning))
    socket.once("error", reject).once("data", (chunk) => {
      resolve(chunk.toString())
      socket.destroy()
    })
  })
}

describe("what must not come in", () => {
  const forgeries: Array<[string, Record<string, string>]> = [
    ["no signature", { "x-ci-signature": "" }],
    ["another secret", { "x-ci-signature": sign(JSON.stringify(failureOf(1)), "guessed") }],
    ["another body", { "x-ci-signature": sign(JSON.stringify(failureOf(2))) }],
    [
      "the older scheme",
      {
        "x-ci-signature": createHash("sha256")
          .update(`${secret}:${logOf(1)}`)
          .digest("hex"),
      },
    ],
  ]
  it.each(forgeries)("signed with %s", async (_, headers) => {
    const response = await ingest.post(failureOf(1), headers)
    expect([response.status, (await response.json()).error.code, await count()]).toEqual([401, "bad-signature", 0])
  })

  it("a body that is no JSON, or nested beyond reason", async () => {
    const deep = `${"[".repeat(400_000)}${"]".repeat(400_000)}`
    const deepField = `{"failedJobs":${deep}}`
    for (const body of ["{", "", deep, deepField]) expect((await ingest.post(body)).status).toBe(422)
    expect((await ingest.post(failureOf(1))).status).toBe(202)
  })

  it("a body with wrong fields, all of them named", async () => {
    const { status, error } = await answerOf(ingest.post(failureOf(1, { repository: "../x", pipelineUrl: "file:///etc/passwd" })))
    expect([status, error.code, error.fields.map(({ field }: { field: string }) => field)]).toEqual([
      422,
      "invalid",
      ["repository", "pipelineUrl"],
    ])
  })

  it("a body that is too large, announced or not", async () => {
    await restart({ CI_HEALING_WEBHOOK_MAX_BYTES: "20000" })
    const large = JSON.stringify(failureOf(1, { errorLog: "x".repeat(30_000) }))
    const refused = { status: 413, error: { code: "too-large", message: "the body may have at most 20000 bytes" } }
    expect(await read(await ingest.post(large))).toEqual(refused)
    const chunked = new ReadableStream({
      start: (controller) => {
        for (let at = 0; at < large.length; at += 10_000) controller.enqueue(new TextEncoder().encode(large.slice(at, at + 10_000)))
        controller.close()
      },
    })
    const response = await fetch(`${ingest.url}/v1/ci-healing/webhook`, {
      method: "POST",
      body: chunked,
      headers: { "x-ci-signature": sign(large) },
    })
    expect([await read(response), await count()]).toEqual([refused, 0])
    const head = "POST /v1/ci-healing/webhook HTTP/1.1\r\nhost: x\r\ncontent-length: 9000000000\r\n\r\n{"
    expect(await raw(head)).toMatch(/^HTTP\/1\.1 413 [\s\S]+"code":"too-large"/u)
  })

  it("a body that never ends", async () => {
    await restart({ CI_HEALING_WEBHOOK_BODY_TIMEOUT_MS: "300" })
    const answer = await raw("POST /v1/ci-healing/webhook HTTP/1.1\r\nhost: x\r\nx-ci-signature: x\r\ncontent-length: 1000\r\n\r\n{")
    expect(answer).toMatch(/^HTTP\/1.1 408 /u)
    expect((await ingest.post(failureOf(1))).status).toBe(202)
  })

  it("a flood from one repository, while others go on", async () => {
    await restart({ CI_HEALING_WEBHOOKS_PER_MINUTE: "5" })
    const statuses: Array<number> = []
    for (let n = 0; n < 7; n += 1) statuses.push((await ingest.post(failureOf(n))).status)
    expect(statuses).toEqual([202, 202, 202, 202, 202, 429, 429])
    expect(Number((await ingest.post(failureOf(9))).headers.get("retry-after"))).toBeGreaterThan(0)
    expect((await ingest.post(failureOf(1, { repository: "acme/gadgets" }))).status).toBe(202)
  })

  it("repositories that are not welcome", async () => {
    await restart({ CI_HEALING_ALLOWED_REPOSITORIES: "acme/*, other/one" })
    expect((await ingest.post(failureOf(1, { repository: "eve/widgets" }))).status).toBe(403)
    expect((await ingest.post(failureOf(1))).status).toBe(202)
  })

  it("anything while healing is switched off, or without a secret to check", async () => {
    await restart({ CI_HEALING_ENABLED: "false" })
    expect(await answerOf(ingest.post(failureOf(1)))).toMatchObject({ status: 503, retryAfter: "300", error: { code: "disabled" } })
    expect(await (await fetch(`${ingest.url}/readyz`)).json()).toEqual({ ready: true, database: true, enabled: false })
    await restart({ CI_HEALING_WEBHOOK_SECRET: "" })
    expect((await ingest.post(failureOf(1), { "x-ci-signature": sign(JSON.stringify(failureOf(1)), "") })).status).toBe(503)
  })
})

describe("who may sign", () => {
  it("is whoever has the current or the previous secret", async () => {
    await restart({ CI_HEALING_WEBHOOK_SECRET: "the next one", CI_HEALING_WEBHOOK_SECRET_PREVIOUS: secret })
    expect((await ingest.post(failureOf(1))).status).toBe(202)
    expect((await ingest.post(failureOf(2), { "x-ci-signature": sign(JSON.stringify(failureOf(2)), "the next one") })).status).toBe(202)
  })

  it("is a sender of the older scheme only when that was asked for", async () => {
    await restart({ CI_HEALING_WEBHOOK_LEGACY_SIGNATURE: "true" })
    const older = createHash("sha256")
      .update(`${secret}:${logOf(1)}`)
      .digest("hex")
    expect((await ingest.post(failureOf(1), { "x-ci-signature": older })).status).toBe(202)
    expect((await ingest.post(failureOf(2), { "x-ci-signature": older })).status).toBe(401)
  })

  it("has to be known before anybody but this machine can be heard", async () => {
    await expect(start({ CI_HEALING_HOST: "0.0.0.0", CI_HEALING_WEBHOOK_SECRET: "" })).rejects.toThrow("CI_HEALING_WEBHOOK_SECRET")
  })
})
