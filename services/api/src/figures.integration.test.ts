import { type PostgresServer, startPostgres } from "@ci-fix-pilot/testkit/database"
import { type NatsServer, startNatsServer } from "@ci-fix-pilot/testkit/nats-server"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Listening, startListening } from "./listening.suite.ts"
import { escalated, failed, fixed, fixedByHand, runId } from "./stories.suite.ts"

let database: PostgresServer
let broker: NatsServer
let api: Listening

beforeAll(async () => {
  ;[database, broker] = await Promise.all([startPostgres(), startNatsServer()])
  api = await startListening(await database.freshDatabase(), broker.url)
  await api.record(runId(1), fixed(1))
  await api.record(runId(2), escalated(2))
  await api.record(runId(3), [failed(3)])
  await api.rows(
    `insert into command (command_id, run_id, type, data, attempt, traceparent, deadline_at) values ('c1', '${runId(1)}', 'memory.remember', '{"outcome":"validated"}', 1, '', now())`,
  )
})
afterAll(async () => {
  await api?.stop()
  await Promise.all([database?.stop(), broker?.stop()])
})

const json = async (path: string) => (await api.get(path)).json()

describe("figures", () => {
  it("count how runs ended", async () => {
    const [today] = await api.rows(`select to_char(created_at at time zone 'utc', 'YYYY-MM-DD') as day from run`)
    const summary = await json("/v1/ci-healing/metrics/summary")
    expect(summary).toMatchObject({
      days: 30,
      byStatus: { fixed: 1, escalated: 1, flaky: 0 },
      fixRate: 0.5,
      pullRequests: 1,
      attempts: 1,
      byStrategy: { revert: 1 },
    })
    expect(summary.secondsToFix.p50).toBeGreaterThanOrEqual(0)
    expect(summary).toMatchObject({
      strategies: [{ strategy: "revert", attempts: 1, validated: 1 }],
      healedWithoutModel: 1,
      costPerFixed: 0,
      perDay: [{ day: today?.["day"], byStatus: summary.byStatus, secondsToFix: summary.secondsToFix }],
    })
  })

  it("thank nobody's attempt for what a person fixed", async () => {
    const own = await startListening(await database.freshDatabase(), broker.url)
    try {
      await own.record(runId(1), fixed(1))
      await own.record(runId(2), fixedByHand(2))
      expect(await (await own.get("/v1/ci-healing/metrics/summary")).json()).toMatchObject({
        byStatus: { fixed: 1, resolved: 1 },
        byStrategy: { revert: 1 },
        healedWithoutModel: 1,
        strategies: [
          { strategy: "model", attempts: 1, validated: 0 },
          { strategy: "revert", attempts: 1, validated: 1 },
        ],
      })
    } finally {
      await own.stop()
    }
  })

  it("are of today and the whole days (UTC) before it, by when the failure came in: the attempts too", async () => {
    const own = await startListening(await database.freshDatabase(), broker.url)
    const cameIn = (n: number, at: string) =>
      own.rows(
        `update run set created_at = date_trunc('day', now() at time zone 'utc') at time zone 'utc' + interval '${at}' where run_id = '${runId(n)}'`,
      )
    try {
      for (const n of [1, 2, 3]) await own.record(runId(n), fixed(n))
      await cameIn(1, "0")
      await cameIn(2, "-24 hours")
      await cameIn(3, "-24 hours -1 millisecond")
      const of = async (days: number) => (await own.get(`/v1/ci-healing/metrics/summary?days=${days}`)).json()
      for (const days of [1, 2, 3])
        expect(await of(days)).toMatchObject({
          total: days,
          byStrategy: { revert: days },
          strategies: [{ strategy: "revert", attempts: days, validated: days }],
          perDay: Array.from({ length: days }, () => ({ byStatus: { fixed: 1 } })),
        })
      const { items } = await (await own.get("/v1/ci-healing/metrics/repositories?days=2")).json()
      expect(items).toHaveLength(2)
    } finally {
      await own.stop()
    }
  })

  it("do so by repository", async () => {
    const { items } = await json("/v1/ci-healing/metrics/repositories?days=1")
    expect(items).toContainEqual(
      expect.objectContaining({
        repository: "acme/shop-1",
        total: 1,
        byStatus: expect.objectContaining({ fixed: 1 }),
        fixRate: 1,
        secondsToFix: expect.objectContaining({ p50: expect.any(Number) }),
      }),
    )
  })

  it("are readable by Prometheus", async () => {
    const text = await (await api.get("/metrics")).text()
    expect(text).toContain('ci_fix_pilot_runs{status="fixed"} 1\n')
    const line = /^(?:# (?:HELP|TYPE) [a-z_]+ .+|[a-z_]+(?:\{[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*\})? -?[0-9.e+-]+)$/u
    expect(text.split("\n").filter((one) => one !== "" && !line.test(one))).toEqual([])
  })

  it("say how the system is, services that do not answer included", async () => {
    const system = await json("/v1/ci-healing/system")
    expect(system.services).toHaveLength(8)
    expect(system.services).toContainEqual({ service: "planner", answers: false })
    expect(system.bus).toMatchObject({ connected: true, streams: expect.arrayContaining([expect.objectContaining({ name: "RUNS" })]) })
    expect(system.backlog).toMatchObject({ inbox: 0, deadLetters: 0, commands: { "memory.remember": 1 } })
    expect(system.backlog.oldestCommandMs["memory.remember"]).toBeGreaterThan(0)
    expect(system).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+\.\d+/u), configuration: [] })
    expect(system.database).toMatchObject({ version: expect.stringMatching(/^\d+/u), sizeBytes: expect.any(Number) })
    expect(system.database.connections).toBeGreaterThan(0)
    expect(system.database.maxConnections).toBeGreaterThan(system.database.connections)
  })
})
