import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import { type PostgresServer, startPostgres } from "@ci-fix-pilot/testkit/database"
import { type NatsServer, startNatsServer } from "@ci-fix-pilot/testkit/nats-server"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Listening, startListening } from "./listening.suite.ts"
import { patch, proven, runId } from "./stories.suite.ts"

let database: PostgresServer
let broker: NatsServer
let api: Listening
let latest = 0

beforeAll(async () => {
  ;[database, broker] = await Promise.all([startPostgres(), startNatsServer()])
  api = await startListening(await database.freshDatabase(), broker.url)
})
afterAll(async () => {
  await api?.stop()
  await Promise.all([database?.stop(), broker?.stop()])
})

const newRun = async () => {
  latest += 1
  await api.record(runId(latest), proven(latest))
  return runId(latest)
}
const path = (run: string, action: string) => `/v1/ci-healing/runs/${run}/actions/${action}`
const messageId = (run: string, key: string) => `inbox:review:${sha256Hex(`${run}:${key}`).slice(0, 32)}`

/** Does what the planner does with an arrival. */
const settle = async (run: string, key: string, outcome: object) => {
  await expect.poll(async () => (await api.rows(`select 1 from inbox where message_id = '${messageId(run, key)}'`)).length).toBe(1)
  await api.rows(`update inbox set applied_at = now(), outcome = '${JSON.stringify(outcome)}' where message_id = '${messageId(run, key)}'`)
}
const said = async () =>
  Number(
    (await (await api.get("/v1/ci-healing/system")).json()).bus.streams.find(({ name }: { name: string }) => name === "EVENTS").messages,
  )
const read = async (response: Response) => ({ http: response.status, ...(await response.json()) })

describe("a review", () => {
  it("is on disk, said on the bus, and answered with what the planner made of it", async () => {
    const run = await newRun()
    const before = await said()
    const answer = api.post(
      path(run, "approve"),
      { note: "looks good", reviewer: "ada", patchSha256: patch.sha256, expectedPhase: "awaiting-approval" },
      { "idempotency-key": "k" },
    )
    await settle(run, "k", { result: "applied", status: "running" })
    expect(await read(await answer)).toEqual({
      http: 200,
      runId: run,
      review: messageId(run, "k").slice(13),
      action: "approve",
      result: "applied",
      status: "running",
    })
    const [row] = await api.rows(`select * from inbox where run_id = '${run}'`)
    expect(row).toMatchObject({
      source: "review",
      type: "review-given",
      body: {
        type: "review-given",
        data: { action: "approve", reviewer: "ada", note: "looks good", patchSha256: patch.sha256, expectedPhase: "awaiting-approval" },
      },
    })
    await expect.poll(said).toBe(before + 1)
  })

  it("that came too late is a conflict, and says how the run stands now", async () => {
    const run = await newRun()
    const answer = api.post(path(run, "deny"), undefined, { "idempotency-key": "k" })
    await settle(run, "k", { result: "conflict", status: "aborted", why: "the run has ended: aborted" })
    expect(await read(await answer)).toEqual({
      http: 409,
      error: { code: "conflict", message: "the run has ended: aborted", current: { status: "aborted" } },
    })
  })

  it("given twice with one key is one review, with one answer", async () => {
    const run = await newRun()
    const give = () => api.post(path(run, "abort"), { note: "stop", idempotencyKey: "once" })
    const answers = [give(), give(), give()]
    await settle(run, "once", { result: "applied", status: "aborted" })
    for (const answer of answers) expect((await answer).status).toBe(200)
    expect((await give()).status).toBe(200)
    expect(await api.rows(`select key from inbox where run_id = '${run}'`)).toHaveLength(1)
  })

  it("with a key that was used for something else is refused", async () => {
    const run = await newRun()
    const first = api.post(path(run, "approve"), { note: "yes" }, { "idempotency-key": "k" })
    await settle(run, "k", { result: "applied", status: "running" })
    expect((await first).status).toBe(200)
    const others: ReadonlyArray<[string, object]> = [
      ["deny", { note: "yes" }],
      ["approve", { note: "no" }],
      ["approve", { note: "yes", reviewer: "eve" }],
      ["approve", { note: "yes", patchSha256: patch.sha256 }],
      ["approve", { note: "yes", expectedPhase: "fixed" }],
    ]
    for (const [action, body] of others) {
      const answer = await read(await api.post(path(run, action), body, { "idempotency-key": "k" }))
      expect(answer).toMatchObject({ http: 422, error: { code: "key-reused" } })
    }
  })

  it("may use a key that another run has used", async () => {
    const [one, other] = [await newRun(), await newRun()]
    const answers = [one, other].map((run) => api.post(path(run, "abort"), {}, { "idempotency-key": "same" }))
    await Promise.all([one, other].map((run) => settle(run, "same", { result: "applied", status: "aborted" })))
    for (const answer of answers) expect((await answer).status).toBe(200)
  })

  it("that the planner does not answer in time can be asked about later", async () => {
    const run = await newRun()
    const response = await api.post(path(run, "human-fix"), {}, { "idempotency-key": "slow" })
    const location = response.headers.get("location") ?? ""
    expect(await read(response)).toMatchObject({ http: 202, result: "pending" })
    expect((await api.get(location)).status).toBe(202)
    await settle(run, "slow", { result: "applied", status: "resolved" })
    expect(await read(await api.get(location))).toMatchObject({ http: 200, result: "applied", status: "resolved" })
    expect((await api.get(location.replace(run, runId(999)))).status).toBe(404)
  })

  it("shows no secret and no hidden text", async () => {
    const run = await newRun()
    const token = `ghp_${"A1b2C3d4".repeat(5)}`
    const answer = api.post(path(run, "abort"), { note: `\u202e${token}\u0000`, reviewer: `eve\u200b` }, { "idempotency-key": "k" })
    await settle(run, "k", { result: "applied", status: "aborted" })
    expect((await answer).status).toBe(200)
    const [row] = await api.rows(`select body from inbox where run_id = '${run}'`)
    expect(row).toMatchObject({ body: { data: { reviewer: "eve", note: expect.stringMatching(/^\[redacted:[a-z-]+\]$/u) } } })
  })

  it("while the broker is away is stored all the same", async () => {
    const run = await newRun()
    await broker.kill()
    try {
      const answer = api.post(path(run, "abort"), {}, { "idempotency-key": "k" })
      await settle(run, "k", { result: "applied", status: "aborted" })
      expect((await answer).status).toBe(200)
    } finally {
      await broker.start()
    }
  })
})

describe("what is no review", () => {
  it("of a run that nobody knows", async () => {
    for (const run of [runId(998), "run_x", "%2e"]) expect((await api.post(path(run, "approve"))).status).toBe(404)
    expect(await api.rows(`select 1 from inbox where run_id = '${runId(998)}'`)).toEqual([])
  })

  it("with an action that there is not", async () => {
    const { http, error } = await read(await api.post(path(runId(1), "merge")))
    expect([http, error.code, error.fields.map(({ field }: { field: string }) => field)]).toEqual([422, "invalid", ["action"]])
  })

  it.each<[string, unknown, string]>([
    ["a note that is too long", { note: "x".repeat(2_001) }, "note"],
    ["a patch that is no hash", { patchSha256: "abc" }, "patchSha256"],
    ["an empty key", { idempotencyKey: "" }, "idempotencyKey"],
    ["no JSON", "{", "body"],
    ["a list", [], "body"],
  ])("with %s", async (_, body, field) => {
    const { http, error } = await read(await api.post(path(runId(1), "approve"), body))
    expect([http, error.code, error.fields.map((one: { field: string }) => one.field)]).toEqual([422, "invalid", [field]])
  })

  it("from a page of another site, or a body beyond reason", async () => {
    expect((await api.post(path(runId(1), "approve"), {}, { origin: "https://evil.test" })).status).toBe(403)
    expect((await api.post(path(runId(1), "approve"), { note: "x".repeat(200_000) })).status).toBe(413)
  })
})
