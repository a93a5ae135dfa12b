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
const count = async (table = "inbox") => Number((await ingest.rows(`select count(*)::int as n from ${table}`))[0]?.["n"])
const answerOf = async (response: Promise<Response>) => {
  const { status, headers } = await response
  return { status, retryAfter: headers.get("retry-after"), ...(await (await response).json()) }
}

describe("a signed failure", () => {
  it("is on disk, redacted, when it is answered, and said on the bus", async () => {
    const before = await ingest.said()
    const token = `ghp_${"A1b2C3d4".repeat(5)}`
    const answer = await answerOf(ingest.post(failureOf(1, { errorLog: `${logOf(1)}error: ${token}\n` })))
    expect(answer).toMatchObject({ status: "queued", deduplicated: false, runId: expect.stringMatching(/^run_[0-9a-f]{24}$/u) })
    const [row] = await ingest.rows("select * from inbox")
    expect(row).toMatchObject({ source: "webhook", key: answer.runId, run_id: answer.runId, type: "ci-failed", applied_at: null })
    expect(row?.["message_id"]).toBe(`inbox:webhook:${createHash("sha256").update(answer.runId).digest("hex").slice(0, 32)}`)
    expect(JSON.stringify(row)).not.toContain(token)
    expect(JSON.stringify(row?.["body"])).toContain("[redacted:")
    await expect.poll(ingest.said, { timeout: 5_000 }).toBe(before + 1)
  })

  it("reported again is the same run, whatever the second report adds", async () => {
    const first = await answerOf(ingest.post(failureOf(1)))
    const again = await answerOf(ingest.post(failureOf(1, { pipelineUrl: "https://ci.test/1" })))
    expect(again).toEqual({ ...first, deduplicated: true })
    expect(await count()).toBe(1)
  })

  it("reported fifty times at once is one row, and one of the answers says that it is new", async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => answerOf(ingest.post(failureOf(1)))))
    expect(answers.filter(({ deduplicated }) => !deduplicated)).toHaveLength(1)
    expect(new Set(answers.map(({ runId }) => runId)).size).toBe(1)
    expect(await count()).toBe(1)
  })

  it("is answered with how its run stands", async () => {
    const { runId } = await answerOf(ingest.post(failureOf(1)))
    await ingest.rows(
      `insert into run (run_id, repository, branch, commit_sha, title, status, phase, max_attempts, state, seq) values ('${runId}', 'acme/widgets', 'main', '', '', 'escalated', 'escalated', 3, '{}', 1)`,
    )
    expect(await answerOf(ingest.post(failureOf(1)))).toEqual({ status: "escalated", retryAfter: null, runId, deduplicated: true })
  })

  it("shares its commit with whatever arrived meanwhile", async () => {
    const answers = await Promise.all(Array.from({ length: 300 }, async (_, n) => (await ingest.post(failureOf(n))).status))
    expect(new Set(answers)).toEqual(new Set([202]))
    const [row] = await ingest.rows("select count(*)::int as rows, count(distinct xmin::text)::int as commits from inbox")
    expect(row?.["rows"]).toBe(300)
    expect(Number(row?.["commits"])).toBeLessThan(150)
  })

  it("may hold text that Postgres cannot, at no cost to its neighbours", async () => {
    const odd = ["a\0b", "half \ud800 pair", "\uffff\u0001", "\\u0000 spelled out", '"; drop table inbox; --']
    const bodies = odd.map((text, n) => failureOf(n, { errorLog: `Error: ${text}\n`, errorType: text, workflow: text }))
    const answers = await Promise.all(bodies.map(async (body) => (await ingest.post(body)).status))
    expect(answers).toEqual(odd.map(() => 202))
    expect(await count()).toBe(odd.length)
  })
})

describe("a webhook of GitHub", () => {
  const run = {
    action: "completed",
    repository: { full_name: "acme/widgets" },
    workflow_run: {
      id: 9,
      workflow_id: 7,
      run_attempt: 1,
      name: "CI",
      head_branch: "main",
      head_sha: "a".repeat(40),
      conclusion: "failure",
    },
  }

  it("starts the run that a CI of the same workflow reports, once", async () => {
    const native = await answerOf(ingest.postGithub("workflow_run", run))
    const posted = await answerOf(ingest.post(failureOf(0, { commitSha: "a".repeat(40), workflowId: 7 })))
    expect([native.deduplicated, posted.deduplicated]).toEqual([false, true])
    expect(posted.runId).toBe(native.runId)
  })

  it("replayed with its good signature under any delivery id changes nothing", async () => {
    const first = await answerOf(ingest.postGithub("workflow_run", run))
    const again = await answerOf(ingest.postGithub("workflow_run", run))
    expect(again).toEqual({ ...first, deduplicated: true })
    expect(await count()).toBe(1)
  })

  it("is refused with the names of its missing headers", async () => {
    const response = await fetch(`${ingest.url}/v1/github/webhook`, { method: "POST", body: "{}" })
    expect(response.status).toBe(400)
    const { error } = await response.json()
    expect(error.fields.map(({ field }: { field: string }) => field)).toEqual([
      "x-github-event",
      "x-github-delivery",
      "x-hub-signature-256",
    ])
  })

  it("may come as a form", async () => {
    const form = new URLSearchParams({ payload: JSON.stringify(run) }).toString()
    const response = await ingest.postGithub("workflow_run", form, { "content-type": "application/x-www-form-urlencoded" })
    expect([response.status, await count()]).toEqual([202, 1])
  })

  it("that concerns nobody is accepted and ignored with the reason", async () => {
    const response = await ingest.postGithub("ping", { zen: "Keep it logically awesome." })
    expect([response.status, await response.json()]).toEqual([202, { ignored: "ping" }])
    expect(await count()).toBe(0)
  })
})

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
    expect((await ingest.post(large)).status).toBe(413)
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
    expect([response.status, await count()]).toEqual([413, 0])
  })

  it("a body that never ends", async () => {
    await restart({ CI_HEALING_WEBHOOK_BODY_TIMEOUT_MS: "300" })
    const { hostname, port } = new URL(ingest.url)
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname)
      socket.once("error", reject)
      socket.once("data", (chunk) => {
        resolve(chunk.toString())
        socket.destroy()
      })
      socket.write("POST /v1/ci-healing/webhook HTTP/1.1\r\nhost: x\r\nx-ci-signature: x\r\ncontent-length: 1000\r\n\r\n{")
    })
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
    expect((await fetch(`${ingest.url}/readyz`)).status).toBe(503)
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

describe("when something is away", () => {
  it("the database: 503 and when to come again; afterwards all that was accepted is there, and more may come", async () => {
    const accepted = await Promise.all(Array.from({ length: 20 }, async (_, n) => (await ingest.post(failureOf(n))).status))
    expect(new Set(accepted)).toEqual(new Set([202]))
    await database.kill()
    const refused = await answerOf(ingest.post(failureOf(100)))
    expect(refused).toMatchObject({ status: 503, retryAfter: "2", error: { code: "unavailable" } })
    expect((await fetch(`${ingest.url}/readyz`)).status).toBe(503)
    expect((await fetch(`${ingest.url}/healthz`)).status).toBe(200)
    await database.start()
    await expect.poll(async () => (await ingest.post(failureOf(100))).status, { timeout: 20_000 }).toBe(202)
    expect(await count()).toBe(21)
  })

  it("the broker: nobody notices", async () => {
    await broker.kill()
    try {
      expect((await ingest.post(failureOf(1))).status).toBe(202)
      expect(await count()).toBe(1)
    } finally {
      await broker.start()
    }
  })
})
