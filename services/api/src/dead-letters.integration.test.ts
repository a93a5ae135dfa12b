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
})
afterAll(async () => {
  await api?.stop()
  await Promise.all([database?.stop(), broker?.stop()])
})

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`
const bury = (messageId: string, text: string, run: string | null = null) =>
  api.rows(
    `insert into dead_letter (message_id, run_id, text, why) values (${quoted(messageId)}, ${run === null ? "null" : quoted(run)}, ${quoted(text)}, 'it crashed')`,
  )

/** As the planner puts aside what it read. */
const kept = (n: number) => {
  const message = {
    id: `answer-${n}`,
    at: "",
    runId: runId(n),
    causedBy: `cmd-${n}#1#holder`,
    attempt: 2,
    traceparent: "00-t",
    ...failed(n),
  }
  return JSON.stringify({ kind: "message", message })
}
const letters = async () => (await (await api.get("/v1/ci-healing/system")).json()).backlog
const idOf = async (messageId: string): Promise<string> =>
  (await letters()).newestDeadLetters.find((one: { messageId: string }) => one.messageId === messageId)?.id
const resend = (id: string, key: string, body = { reviewer: "ada" }) =>
  api.post(`/v1/ci-healing/system/dead-letters/${id}/actions/resend`, body, { "idempotency-key": key })
const sent = (messageId: string) =>
  api.rows(`select * from inbox where source = 'resend' and key like ${quoted(`${messageId}#%`)} order by received_at`)
/** Does what the planner does with an arrival. */
const settle = async (messageId: string, outcome: object) => {
  await expect.poll(async () => (await sent(messageId)).length).toBeGreaterThan(0)
  await api.rows(
    `update inbox set applied_at = now(), outcome = ${quoted(JSON.stringify(outcome))} where source = 'resend' and key like ${quoted(`${messageId}#%`)} and outcome is null`,
  )
}

describe("a dead letter", () => {
  it("is shown with what it says, and is one less when sending it again has helped", async () => {
    await bury("answer-1", kept(1), runId(1))
    const before = await letters()
    expect(before.deadLetters).toBe(1)
    expect(before.newestDeadLetters[0]).toMatchObject({
      messageId: "answer-1",
      runId: runId(1),
      type: "ci-failed",
      why: "it crashed",
      resendable: true,
      resent: null,
    })
    const answer = resend(await idOf("answer-1"), "k")
    await settle("answer-1", { result: "applied", status: "running" })
    const response = await answer
    expect([response.status, await response.json()]).toEqual([200, { at: expect.any(String), by: "ada", result: "applied" }])
    const [row, ...more] = await sent("answer-1")
    expect(more).toEqual([])
    expect(row).toMatchObject({
      run_id: runId(1),
      type: "ci-failed",
      message_id: expect.stringMatching(/^inbox:resend:[0-9a-f]{32}$/u),
      traceparent: "00-t",
      body: { type: "ci-failed", causedBy: "cmd-1#1#holder", attempt: 2, data: failed(1).data },
    })
    expect(await letters()).toMatchObject({ deadLetters: 0, newestDeadLetters: [{ resent: { by: "ada", result: "applied" } }] })
  })

  it("is sent once, however often one click arrives, and not by a second click while the first is on its way", async () => {
    await bury("answer-2", kept(2), runId(2))
    const id = await idOf("answer-2")
    const answers = [resend(id, "one"), resend(id, "one"), resend(id, "one")]
    await expect.poll(async () => (await sent("answer-2")).length).toBe(1)
    expect((await resend(id, "two")).status).toBe(409)
    await settle("answer-2", { result: "applied", status: "running" })
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200])
    expect((await resend(id, "three")).status).toBe(409)
    expect((await resend(id, "one")).status).toBe(200)
    expect(await sent("answer-2")).toHaveLength(1)
  })

  it("may be sent again when it did not help", async () => {
    await bury("answer-3", kept(3), runId(3))
    const id = await idOf("answer-3")
    const first = resend(id, "one")
    await settle("answer-3", { result: "ignored", status: "unknown", why: "it could not be applied and was put aside" })
    expect(await (await first).json()).toMatchObject({ result: "ignored", why: "it could not be applied and was put aside" })
    const second = resend(id, "two")
    await expect.poll(async () => (await sent("answer-3")).length).toBe(2)
    await settle("answer-3", { result: "applied", status: "running" })
    expect((await second).status).toBe(200)
  })

  it("that the planner does not take at once is on its way", async () => {
    await bury("answer-4", kept(4), runId(4))
    const response = await resend(await idOf("answer-4"), "k")
    expect([response.status, await response.json()]).toMatchObject([202, { result: "pending" }])
  })

  it("that holds no message, or what the planner notices by itself, is not sent", async () => {
    for (const [name, text] of [
      ["unread", "{broken"],
      ["noticed", JSON.stringify({ kind: "noticed", input: { kind: "slot-free" } })],
    ] as const) {
      await bury(name, text)
      const response = await resend(await idOf(name), "k")
      expect([response.status, (await response.json()).error.code]).toEqual([422, "invalid"])
      expect(await sent(name)).toEqual([])
    }
    expect((await letters()).newestDeadLetters.find((one: { messageId: string }) => one.messageId === "unread")).toMatchObject({
      type: null,
      summary: "{broken",
      resendable: false,
    })
  })

  it("that could not be read, and can be now, is sent", async () => {
    await bury("undecodable:1", JSON.stringify({ id: "x", at: "", runId: runId(6), traceparent: "00-t", ...failed(6) }))
    const answer = resend(await idOf("undecodable:1"), "k")
    await settle("undecodable:1", { result: "applied", status: "running" })
    expect((await answer).status).toBe(200)
  })

  it("that nobody knows is not found", async () => {
    for (const id of ["0".repeat(64), "x", "%27"]) expect((await resend(id, "k")).status).toBe(404)
  })
})
