import { type PostgresServer, startPostgres } from "@ci-fix-pilot/testkit/database"
import { type NatsServer, startNatsServer } from "@ci-fix-pilot/testkit/nats-server"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { openStream } from "./event-source.suite.ts"
import { type Listening, startListening } from "./listening.suite.ts"
import { proven, runId } from "./stories.suite.ts"

const token = "t0ken"
const runs = "/v1/ci-healing/runs"
let postgres: PostgresServer
let broker: NatsServer
let database: string
let api: Listening

const start = (env = {}) => startListening(database, broker.url, { CI_HEALING_API_TOKEN: token, ...env })

beforeAll(async () => {
  ;[postgres, broker] = await Promise.all([startPostgres(), startNatsServer()])
  database = await postgres.freshDatabase()
  api = await start()
})
afterAll(async () => {
  await api?.stop()
  await Promise.all([postgres?.stop(), broker?.stop()])
})

const session = (method: string, headers: Record<string, string> = {}, body?: unknown, at = api) =>
  fetch(`${at.url}/v1/session`, {
    method,
    headers: { "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  })

const own = (at = api) => ({ origin: at.url, "sec-fetch-site": "same-origin" })

/** What a browser keeps after signing in, and what its pages know. */
const signIn = async (reviewer = "ada", headers: Record<string, string> = {}, at = api) => {
  const response = await session("POST", { ...own(at), ...headers }, { token, reviewer }, at)
  expect(response.status).toBe(200)
  const set = response.headers.get("set-cookie") ?? ""
  return { set, cookie: set.split(";")[0] ?? "", view: await response.json() }
}

const codeOf = async (response: Response) => [response.status, (await response.json()).error.code]

describe("signing in", () => {
  it("gives a cookie that no script reads, no other site sends, and no table holds", async () => {
    const { set, cookie, view } = await signIn()
    expect(set).toMatch(/^ci-fix-pilot=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=604800$/u)
    expect(view).toEqual({ required: true, signedIn: true, reviewer: "ada", csrf: expect.stringMatching(/^[0-9a-f]{64}$/u) })
    const secret = cookie.split("=")[1] ?? ""
    expect(JSON.stringify(await api.rows("select * from session"))).not.toContain(secret)
    expect(await (await session("GET", { cookie })).json()).toEqual(view)
    expect((await api.get(runs, { cookie })).status).toBe(200)
  })

  it("is for TLS alone where there is TLS", async () => {
    const { set } = await signIn("ada", { "x-forwarded-proto": "https" })
    expect(set).toMatch(/^__Host-ci-fix-pilot=.+; Secure$/u)
  })

  it("says who nobody is", async () => {
    const nobody = { required: true, signedIn: false, reviewer: null, csrf: null }
    expect(await (await session("GET")).json()).toEqual(nobody)
    expect(await (await session("GET", { cookie: "ci-fix-pilot=made-up" })).json()).toEqual(nobody)
    expect((await api.get(runs, { cookie: "ci-fix-pilot=made-up" })).status).toBe(401)
  })

  it("is refused: another token, no name, another site's page, too large a body", async () => {
    expect(await codeOf(await session("POST", own(), { token: "other", reviewer: "eve" }))).toEqual([401, "unauthorized"])
    expect(await codeOf(await session("POST", own(), { token }))).toEqual([422, "invalid"])
    expect(await codeOf(await session("POST", own(), { token, reviewer: " \u200b " }))).toEqual([422, "invalid"])
    expect(await codeOf(await session("POST", own(), "{"))).toEqual([422, "invalid"])
    expect(await codeOf(await session("POST", { origin: "https://evil.test" }, { token, reviewer: "eve" }))).toEqual([403, "forbidden"])
    expect((await session("POST", own(), { token, reviewer: "a".repeat(70_000) })).status).toBe(413)
  })

  it("makes what was signed in before in this browser worth nothing", async () => {
    const before = await signIn()
    const { cookie } = await signIn("grace", { cookie: before.cookie })
    expect(cookie).not.toBe(before.cookie)
    expect((await api.get(runs, { cookie: before.cookie })).status).toBe(401)
    expect((await api.get(runs, { cookie })).status).toBe(200)
  })

  it("leaves the session alone when the next sign-in is refused", async () => {
    const { cookie } = await signIn()
    for (const body of [
      { token, reviewer: " \u200b " },
      { token, reviewer: "" },
      { token: "other", reviewer: "ada" },
    ])
      expect((await session("POST", { ...own(), cookie }, body)).status).toBeGreaterThan(400)
    expect((await api.get(runs, { cookie })).status).toBe(200)
  })

  it("leaves the session alone when no new one can be begun", async () => {
    const { cookie } = await signIn()
    const refuse = "create function refuse() returns trigger language plpgsql as $$ begin raise exception 'disk full'; end $$"
    await api.rows(refuse)
    await api.rows("create trigger refuse before insert on session execute function refuse()")
    try {
      expect((await session("POST", { ...own(), cookie }, { token, reviewer: "grace" })).status).toBe(500)
    } finally {
      await api.rows("drop trigger refuse on session")
    }
    expect((await api.get(runs, { cookie })).status).toBe(200)
  })

  it("outlives a restart and holds at every copy, but not another token", async () => {
    const { cookie } = await signIn()
    const copy = await start()
    const changed = await start({ CI_HEALING_API_TOKEN: "another" })
    try {
      expect((await copy.get(runs, { cookie })).status).toBe(200)
      expect((await changed.get(runs, { cookie })).status).toBe(401)
    } finally {
      await Promise.all([copy.stop(), changed.stop()])
    }
  })

  it("ends with its time", async () => {
    const { cookie } = await signIn("late")
    await api.rows("update session set expires_at = now() - interval '1 second' where reviewer = 'late'")
    expect((await api.get(runs, { cookie })).status).toBe(401)
  })

  it("slows who shows wrong tokens, says when to come again, and locks nobody out", async () => {
    const guarded = await start()
    const guess = (at: number) => session("POST", own(guarded), { token: `guess ${at}`, reviewer: "eve" }, guarded)
    try {
      const tries = await Promise.all(Array.from({ length: 10 }, (_, at) => guess(at)))
      expect(tries.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 401))
      const refused = await guess(10)
      expect(await codeOf(refused)).toEqual([429, "rate-limited"])
      expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0)
      expect((await session("POST", own(guarded), { token, reviewer: "ada" }, guarded)).status).toBe(200)
    } finally {
      await guarded.stop()
    }
  })
})

describe("a program", () => {
  it("is slowed like a person where it shows wrong tokens, and let in with the right one", async () => {
    const guarded = await start()
    const ask = (shown: string, method = "GET") => fetch(`${guarded.url}${runs}`, { method, headers: { authorization: `Bearer ${shown}` } })
    try {
      const tries = await Promise.all(Array.from({ length: 15 }, (_, at) => ask(`guess ${at}`)))
      expect(tries.map(({ status }) => status).sort()).toEqual([...Array(10).fill(401), ...Array(5).fill(429)])
      expect((await session("POST", own(guarded), { token: "other", reviewer: "eve" }, guarded)).status).toBe(429)
      expect([(await ask("guess", "HEAD")).status, (await ask(token)).status]).toEqual([429, 200])
    } finally {
      await guarded.stop()
    }
  })
})

describe("a change by somebody who signed in", () => {
  const act = (run: string, headers: Record<string, string>, body: object = {}) => api.post(`${runs}/${run}/actions/abort`, body, headers)

  it("comes from their own page and shows its token, or it is forbidden", async () => {
    await api.record(runId(1), proven(1))
    const { cookie, view } = await signIn()
    const csrf = { "x-csrf-token": view.csrf }
    const other = await signIn("grace")
    for (const headers of [
      { cookie },
      { cookie, ...own() },
      { cookie, ...own(), "x-csrf-token": "guessed" },
      { cookie, ...own(), "x-csrf-token": other.view.csrf },
      { cookie, ...csrf },
      { cookie, ...csrf, origin: "https://evil.test" },
      { cookie, ...csrf, ...own(), "sec-fetch-site": "same-site" },
      { cookie, ...csrf, ...own(), "sec-fetch-site": "cross-site" },
    ])
      expect(await codeOf(await act(runId(1), headers))).toEqual([403, "forbidden"])
    expect(await api.rows(`select 1 from inbox where run_id = '${runId(1)}'`)).toEqual([])
  })

  it("is theirs in the ledger, whatever name the body says", async () => {
    await api.record(runId(2), proven(2))
    const { cookie, view } = await signIn("ada")
    const answer = act(runId(2), { cookie, ...own(), "x-csrf-token": view.csrf }, { reviewer: "mallory", note: "stop" })
    await expect.poll(async () => (await api.rows(`select 1 from inbox where run_id = '${runId(2)}'`)).length).toBe(1)
    await api.rows(`update inbox set applied_at = now(), outcome = '{"result":"applied","status":"aborted"}' where run_id = '${runId(2)}'`)
    expect((await answer).status).toBe(200)
    const [row] = await api.rows(`select body -> 'data' ->> 'reviewer' as reviewer from inbox where run_id = '${runId(2)}'`)
    expect(row).toEqual({ reviewer: "ada" })
  })
})

describe("signing out", () => {
  it("ends the session, takes the cookie back, and cuts its streams and no others", async () => {
    const { cookie, view } = await signIn()
    const other = await signIn("grace")
    const streams = await Promise.all(
      [cookie, cookie, other.cookie].map((one) => openStream(`${api.url}/v1/ci-healing/stream`, { cookie: one })),
    )
    expect(await codeOf(await session("DELETE", { cookie, ...own() }))).toEqual([403, "forbidden"])
    const response = await session("DELETE", { cookie, ...own(), "x-csrf-token": view.csrf })
    expect([response.status, response.headers.get("set-cookie")]).toEqual([
      204,
      "ci-fix-pilot=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0",
    ])
    await Promise.all(streams.slice(0, 2).map(({ ended }) => ended))
    expect((await api.get("/v1/ci-healing/stream", { cookie })).status).toBe(401)
    const [entry] = await api.record(runId(3), proven(3).slice(0, 1))
    await expect.poll(() => streams[2]?.entries.at(-1)?.position).toBe(entry?.position)
    streams[2]?.close()
  })

  it("twice is once", async () => {
    expect((await session("DELETE", own())).status).toBe(204)
  })
})

describe("without a token", () => {
  it("nobody signs in, and changes come from this machine's own pages", async () => {
    const open = await start({ CI_HEALING_API_TOKEN: "" })
    try {
      const view = { required: false, signedIn: false, reviewer: null, csrf: null }
      expect(await (await session("GET", {}, undefined, open)).json()).toEqual(view)
      expect(await (await session("POST", own(open), { token: "x", reviewer: "ada" }, open)).json()).toEqual(view)
      const path = `${runs}/${runId(1)}/actions/abort`
      expect(await codeOf(await open.post(path, {}, { "sec-fetch-site": "cross-site" }))).toEqual([403, "forbidden"])
      expect(await codeOf(await open.post(path, {}, { origin: "http://localhost:1" }))).toEqual([403, "forbidden"])
    } finally {
      await open.stop()
    }
  })
})
