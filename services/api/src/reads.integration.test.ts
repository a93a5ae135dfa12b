import { type PostgresServer, startPostgres } from "@ci-fix-pilot/testkit/database"
import { type NatsServer, startNatsServer } from "@ci-fix-pilot/testkit/nats-server"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Listening, startListening } from "./listening.suite.ts"
import { digest, escalated, failed, fixed, match, patch, runId } from "./stories.suite.ts"

let database: PostgresServer
let broker: NatsServer
let api: Listening

beforeAll(async () => {
  ;[database, broker] = await Promise.all([startPostgres(), startNatsServer()])
  api = await startListening(await database.freshDatabase(), broker.url)
  await api.record(runId(1), fixed(1))
  await api.record(runId(2), escalated(2))
  await api.record(runId(3), [failed(3)])
})
afterAll(async () => {
  await api?.stop()
  await Promise.all([database?.stop(), broker?.stop()])
})

const json = async (path: string) => (await api.get(path)).json()
const idsOf = (page: { items: Array<{ runId: string }> }) => page.items.map((item) => item.runId)

describe("the list of runs", () => {
  it("is newest first, in pages, and says how much of the ledger it has seen", async () => {
    const first = await json("/v1/ci-healing/runs?pageSize=2")
    expect(first).toMatchObject({ page: 1, pageSize: 2, total: 3, position: 11 })
    expect(idsOf(first)).toEqual([runId(3), runId(2)])
    expect(idsOf(await json("/v1/ci-healing/runs?pageSize=2&page=2"))).toEqual([runId(1)])
    expect(idsOf(await json("/v1/ci-healing/runs?page=9"))).toEqual([])
  })

  it("shows each run's summary", async () => {
    const { items } = await json("/v1/ci-healing/runs?status=fixed")
    expect(items).toEqual([
      expect.objectContaining({
        runId: runId(1),
        seq: 8,
        repository: "acme/shop-1",
        branch: "main",
        status: "fixed",
        phase: "fixed",
        attempt: 1,
        maxAttempts: 3,
        strategy: "revert",
        pullRequestUrl: "https://github.test/acme/shop-1/pull/1",
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/u),
      }),
    ])
  })

  it.each([
    ["status=queued", [3]],
    ["phase=escalated", [2]],
    ["phase=awaiting-approval", []],
    ["repository=ACME/shop-2", [2]],
    ["text=SHOP-1", [1]],
    ["text=test+failed", [3, 2, 1]],
    ["text=%25", []],
    ["text=_", [3, 2, 1]],
    ["text=' or 1=1 --", []],
    ["repository=acme/shop-1&status=escalated", []],
  ])("finds by %s", async (query, expected) => {
    expect(idsOf(await json(`/v1/ci-healing/runs?${query}`))).toEqual(expected.map(runId))
  })
})

describe("one run", () => {
  it("is its summary, its state, its proof and its ledger", async () => {
    const run = await json(`/v1/ci-healing/runs/${runId(1)}`)
    expect(run).toMatchObject({
      runId: runId(1),
      status: "fixed",
      position: 8,
      attempts: [{ n: 1, strategy: "revert", outcome: "validated", proposal: { patch: { sha256: patch.sha256 } } }],
      proof: { patchSha256: patch.sha256, before: { exitCode: 1 }, after: [{ exitCode: 0 }] },
      pullRequest: { number: 1, state: "open" },
    })
    expect(run.events.map(({ seq, position }: { seq: number; position: number }) => [seq, position])).toEqual(
      Array.from({ length: 8 }, (_, at) => [at + 1, at + 1]),
    )
    expect(run.events[0]).toMatchObject({ type: "ci-failed", data: { title: "CI › test failed" } })
  })

  it("that was escalated has its report", async () => {
    expect(await json(`/v1/ci-healing/runs/${runId(2)}`)).toMatchObject({ status: "escalated", report: { reason: "nothing helped" } })
  })

  it("is queued from the moment its webhook is on disk", async () => {
    const body = JSON.stringify(failed(5)).replaceAll("'", "''")
    await api.rows(
      `insert into inbox (source, key, run_id, type, body, body_sha256, message_id, traceparent) values ('webhook', 'k5', '${runId(5)}', 'ci-failed', '${body}', '', 'inbox:webhook:5', '')`,
    )
    expect(await json(`/v1/ci-healing/runs/${runId(5)}`)).toMatchObject({
      runId: runId(5),
      status: "queued",
      repository: "acme/shop-5",
      events: [],
    })
    await api.rows("update inbox set applied_at = now()")
  })

  it("is none where what was accepted can be read by nobody", async () => {
    const body = JSON.stringify(failed(6)).replaceAll("'", "''").replace('"branch":"main"', '"branch":"-x"')
    const row = `'webhook', 'k6', '${runId(6)}', 'ci-failed', '${body}', '', 'inbox:webhook:6', '', now()`
    await api.rows(`insert into inbox (source, key, run_id, type, body, body_sha256, message_id, traceparent, applied_at) values (${row})`)
    for (const path of ["", "/memory", "/log"]) {
      const response = await api.get(`/v1/ci-healing/runs/${runId(6)}${path}`)
      expect([response.status, (await response.json()).error.code]).toEqual([404, "not-found"])
    }
  })

  it("is looked for in the first twenty that were accepted for it, however many follow", async () => {
    const readable = JSON.stringify(failed(7)).replaceAll("'", "''")
    const unreadable = readable.replace('"branch":"main"', '"branch":"-x"')
    const accept = (key: string, body: string, from: number, to: number) =>
      api.rows(
        `insert into inbox (source, key, run_id, type, body, body_sha256, message_id, traceparent, applied_at, received_at)
         select 'webhook', '${key}' || n, '${runId(7)}', 'ci-failed', '${body}', '', 'inbox:webhook:${key}' || n, '', now(), now() + n * interval '1 s'
         from generate_series(${from}, ${to}) n`,
      )
    const found = async () => (await api.get(`/v1/ci-healing/runs/${runId(7)}`)).status
    await accept("k7-", unreadable, 1, 20)
    await accept("k7-", readable, 21, 21)
    expect(await found()).toBe(404)
    await api.rows(`delete from inbox where key = 'k7-1'`)
    expect(await found()).toBe(200)
  })

  it("remembers what was recalled for it and what was kept of it", async () => {
    await api.rows(
      `insert into command (command_id, run_id, type, data, attempt, traceparent, deadline_at) values ('c1', '${runId(1)}', 'memory.remember', '{"outcome":"validated"}', 1, '', now())`,
    )
    expect(await json(`/v1/ci-healing/runs/${runId(1)}/memory`)).toEqual({
      runId: runId(1),
      recalled: [match],
      remembered: [{ attempt: 1, told: "validated", outcome: null, at: expect.any(String) }],
    })
  })

  it("gives its full log while it is kept, as text that no browser runs", async () => {
    const object = await api.keep("log-of-4", "<script>alert(1)</script>\n")
    await api.record(runId(4), [{ ...failed(4), data: { ...failed(4).data, digest: { ...digest, object } } } as ReturnType<typeof failed>])
    const response = await api.get(`/v1/ci-healing/runs/${runId(4)}/log`)
    expect([response.status, await response.text()]).toEqual([200, "<script>alert(1)</script>\n"])
    expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8")
    expect(response.headers.get("x-content-type-options")).toBe("nosniff")
    expect((await api.get(`/v1/ci-healing/runs/${runId(4)}/log?of=reproduction`)).status).toBe(404)
    const part = await api.get(`/v1/ci-healing/runs/${runId(4)}/log`, { range: "bytes=8-12" })
    expect([part.status, part.headers.get("content-range"), await part.text()]).toEqual([206, "bytes 8-12/26", "alert"])
    expect((await api.get(`/v1/ci-healing/runs/${runId(4)}/log`, { range: "bytes=26-" })).status).toBe(416)
  })

  it.each(["", "/memory", "/log"])("that nobody knows is not found%s", async (path) => {
    for (const id of [runId(77), "run_x", "%2e%2e", "'"]) {
      const response = await api.get(`/v1/ci-healing/runs/${id}${path}`)
      expect([response.status, (await response.json()).error.code]).toEqual([404, "not-found"])
    }
  })
})

describe("the door", () => {
  it("describes itself in OpenAPI", async () => {
    const { openapi, paths } = await json("/openapi")
    expect(openapi).toMatch(/^3\.1/u)
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining([
        "/v1/ci-healing/runs",
        "/v1/ci-healing/runs/{runId}",
        "/v1/ci-healing/runs/{runId}/actions/{action}",
        "/v1/ci-healing/stream",
      ]),
    )
    expect(paths["/v1/ci-healing/runs"].get.responses["200"].content["application/json"].schema.properties.items.type).toBe("array")
  })

  it("answers what it does not know in the same words as everything else", async () => {
    const response = await api.get("/v2/nothing")
    expect([response.status, await response.json()]).toEqual([404, { error: { code: "not-found", message: "no such path" } }])
  })

  it("is alive and ready", async () => {
    expect([(await api.get("/healthz")).status, (await api.get("/readyz")).status]).toEqual([200, 200])
  })

  it("asks everybody for the token when there is one", async () => {
    const guarded = await startListening(await database.freshDatabase(), broker.url, { CI_HEALING_API_TOKEN: "t0ken" })
    try {
      for (const path of ["/v1/ci-healing/runs", "/v1/ci-healing/stream", "/metrics", "/openapi"]) {
        expect((await guarded.get(path)).status).toBe(401)
        expect((await guarded.get(path, { authorization: "Bearer other" })).status).toBe(401)
      }
      expect((await guarded.post(`/v1/ci-healing/runs/${runId(1)}/actions/abort`)).status).toBe(401)
      expect((await guarded.get("/v1/ci-healing/runs", { authorization: "Bearer t0ken" })).status).toBe(200)
      expect((await guarded.get("/readyz")).status).toBe(200)
    } finally {
      await guarded.stop()
    }
  })

  it("stays shut where anybody could come in without one", async () => {
    const opened = startListening(await database.freshDatabase(), broker.url, { CI_HEALING_HOST: "0.0.0.0" })
    await expect(opened).rejects.toThrow("CI_HEALING_API_TOKEN")
  })

  it("says so while the database is away", async () => {
    await database.kill()
    try {
      const response = await api.get("/v1/ci-healing/runs")
      expect([response.status, response.headers.get("retry-after"), (await response.json()).error.code]).toEqual([503, "2", "unavailable"])
      expect([(await api.get("/healthz")).status, (await api.get("/readyz")).status]).toEqual([200, 503])
      const system = await api.get("/v1/ci-healing/system")
      expect([system.status, await system.json()]).toMatchObject([
        200,
        {
          database: null,
          backlog: null,
          bus: { connected: true, streams: expect.arrayContaining([expect.objectContaining({ name: "EVENTS" })]) },
        },
      ])
    } finally {
      await database.start()
    }
    await expect.poll(async () => (await api.get("/v1/ci-healing/runs")).status).toBe(200)
  })
})

describe("a run that is diagnosed", () => {
  it("says in the list what is broken, and of which kind that is", async () => {
    const diagnosis = {
      kind: "compile",
      summary: "Does not compile",
      firstError: "",
      suspectFiles: [],
      confidence: 0.9,
      by: "rules",
    } as const
    await api.record(runId(4), [failed(4), { type: "diagnosed", data: { modelAvailable: false, diagnosis } }])
    const { items } = await json("/v1/ci-healing/runs?text=shop-4")
    expect(items).toMatchObject([{ runId: runId(4), failure: "Does not compile", kind: "compile" }])
    const before = await json("/v1/ci-healing/runs?text=shop-3")
    expect(before.items).toMatchObject([{ failure: null, kind: null }])
  })
})
