import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import { type PostgresServer, startPostgres } from "@ci-fix-pilot/testkit/database"
import { type NatsServer, startNatsServer } from "@ci-fix-pilot/testkit/nats-server"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { failureOf, type Listening, logOf, startListening } from "./listening.suite.ts"

let database: PostgresServer
let broker: NatsServer
let ingest: Listening

beforeAll(async () => {
  ;[database, broker] = await Promise.all([startPostgres(), startNatsServer()])
})
afterAll(async () => {
  await Promise.all([database?.stop(), broker?.stop()])
})
beforeEach(async () => {
  ingest = await startListening(await database.freshDatabase(), broker.url)
})
afterEach(() => ingest.stop())

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
    expect(row?.["message_id"]).toBe(`inbox:webhook:${sha256Hex(answer.runId).slice(0, 32)}`)
    expect(JSON.stringify(row)).not.toContain(token)
    expect(JSON.stringify(row?.["body"])).toContain("[redacted:")
    await expect.poll(ingest.said).toBe(before + 1)
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

  it("reported to two copies of ingest at once is one row as well", async () => {
    const url = await database.freshDatabase()
    const copies = await Promise.all([startListening(url, broker.url), startListening(url, broker.url)])
    try {
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, n) => copies.map((copy) => answerOf(copy.post(failureOf(n % 10))))).flat(),
      )
      expect(answers.filter(({ deduplicated }) => !deduplicated)).toHaveLength(10)
      expect(await copies[0]?.rows("select count(*)::int as n from inbox")).toEqual([{ n: 10 }])
    } finally {
      await Promise.all(copies.map((copy) => copy.stop()))
    }
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
    bodies.push(failureOf(odd.length, { branch: "half-\ud800-pair" }))
    const answers = await Promise.all(bodies.map(async (body) => (await ingest.post(body)).status))
    expect(answers).toEqual(bodies.map(() => 202))
    expect(await count()).toBe(bodies.length)
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

  it("and a CI's own report at the same moment: one of them is new", async () => {
    const pairs = Array.from({ length: 20 }, (_, n) => {
      const { commitSha } = failureOf(n)
      const native = { ...run, workflow_run: { ...run.workflow_run, head_sha: commitSha } }
      return [answerOf(ingest.postGithub("workflow_run", native)), answerOf(ingest.post(failureOf(n, { workflowId: 7 })))]
    })
    for (const pair of pairs) expect((await Promise.all(pair)).map(({ deduplicated }) => deduplicated).sort()).toEqual([false, true])
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
    await expect.poll(async () => (await ingest.post(failureOf(100))).status).toBe(202)
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
