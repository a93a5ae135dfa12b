import { type PostgresServer, startPostgres } from "@ci-fix-pilot/testkit/database"
import { type NatsServer, startNatsServer } from "@ci-fix-pilot/testkit/nats-server"
import { afterAll, beforeAll, expect, it } from "vitest"
import { type Listening, startListening } from "./listening.suite.ts"
import { runId } from "./stories.suite.ts"

const token = "t0ken"
const system = "/v1/ci-healing/system"
let postgres: PostgresServer
let broker: NatsServer
let api: Listening

beforeAll(async () => {
  ;[postgres, broker] = await Promise.all([startPostgres(), startNatsServer()])
  api = await startListening(await postgres.freshDatabase(), broker.url, { CI_HEALING_API_TOKEN: token })
})
afterAll(async () => {
  await api?.stop()
  await Promise.all([postgres?.stop(), broker?.stop()])
})

const own = () => ({ origin: api.url, "sec-fetch-site": "same-origin" })
const signIn = async (reviewer: string) => {
  const response = await api.post("/v1/session", { token, reviewer }, own())
  const { csrf } = await response.json()
  return { cookie: response.headers.get("set-cookie")?.split(";")[0] ?? "", csrf }
}
const signOut = ({ cookie, csrf }: { cookie: string; csrf: string }) =>
  fetch(`${api.url}/v1/session`, { method: "DELETE", headers: { ...own(), cookie, "x-csrf-token": csrf } })

it("while its database is away, who was signed in a moment ago sees how the system is, and nothing else; nobody else sees that", async () => {
  const [here, gone] = [await signIn("ada"), await signIn("grace")]
  for (const { cookie } of [here, gone]) expect((await api.get(system, { cookie })).status).toBe(200)
  expect((await signOut(gone)).status).toBe(204)
  await postgres.kill()
  try {
    const seen = await api.get(system, { cookie: here.cookie })
    expect([seen.status, (await seen.json()).database]).toEqual([200, null])
    for (const cookie of [gone.cookie, "ci-fix-pilot=made-up"]) expect((await api.get(system, { cookie })).status).toBe(503)
    for (const path of ["/v1/ci-healing/runs", "/v1/ci-healing/stream"])
      expect((await api.get(path, { cookie: here.cookie })).status).toBe(503)
  } finally {
    await postgres.start()
  }
  await expect.poll(async () => (await api.get("/v1/ci-healing/runs", { cookie: here.cookie })).status).toBe(200)
  expect((await api.get(system, { cookie: gone.cookie })).status).toBe(401)
})

it("while its database does not say who is signed in, answers in time: to look, who was is known; to act, nobody is", async () => {
  const { cookie, csrf } = await signIn("ada")
  expect((await api.get(system, { cookie })).status).toBe(200)
  const held = api.rows("do $$ begin lock table session; perform pg_sleep(6); end $$")
  const locks = "select 1 from pg_locks where relation = 'session'::regclass and mode = 'AccessExclusiveLock' and granted"
  await expect.poll(async () => (await api.rows(locks)).length).toBe(1)
  const headers = { ...own(), cookie, "x-csrf-token": csrf }
  const [seen, acted] = await Promise.all([
    api.get(system, { cookie }),
    api.post(`/v1/ci-healing/runs/${runId(1)}/actions/approve`, { reviewer: "ada" }, headers),
  ])
  expect([seen.status, acted.status]).toEqual([200, 503])
  expect(await api.rows(locks)).toHaveLength(1)
  await held
  expect((await api.post(`/v1/ci-healing/runs/${runId(1)}/actions/approve`, { reviewer: "ada" }, headers)).status).toBe(404)
})
