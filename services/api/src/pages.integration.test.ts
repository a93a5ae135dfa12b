import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { brotliDecompressSync, gunzipSync } from "node:zlib"
import { type PostgresServer, startPostgres } from "@ci-fix-pilot/testkit/database"
import { type NatsServer, startNatsServer } from "@ci-fix-pilot/testkit/nats-server"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Listening, startListening } from "./listening.suite.ts"
import { failed, runId } from "./stories.suite.ts"

const folder = mkdtempSync(join(tmpdir(), "dashboard-"))
const dist = join(folder, "dist")
const script = `console.log("${"a dashboard ".repeat(200)}")`
const navigation = { accept: "text/html,application/xhtml+xml", "sec-fetch-mode": "navigate", "sec-fetch-site": "none" }
const token = "t0ken"

const build = (mark: string) => {
  mkdirSync(join(dist, "assets"), { recursive: true })
  writeFileSync(join(dist, "assets", `index-${mark}.js`), script)
  writeFileSync(join(dist, "favicon.svg"), "<svg xmlns='http://www.w3.org/2000/svg'/>")
  writeFileSync(
    join(dist, "index.html"),
    `<!doctype html><title>${mark}</title><!--first--><script type="module" src="/assets/index-${mark}.js"></script>`,
  )
}

let database: PostgresServer
let broker: NatsServer
let api: Listening
let guarded: Listening

beforeAll(async () => {
  build("one")
  writeFileSync(join(folder, "secret.txt"), "a secret")
  ;[database, broker] = await Promise.all([startPostgres(), startNatsServer()])
  const url = await database.freshDatabase()
  api = await startListening(url, broker.url, {}, dist)
  guarded = await startListening(url, broker.url, { CI_HEALING_API_TOKEN: token }, dist)
})
afterAll(async () => {
  await Promise.all([api?.stop(), guarded?.stop()])
  await Promise.all([database?.stop(), broker?.stop()])
  rmSync(folder, { recursive: true })
})

const first = async (response: Response): Promise<unknown> =>
  JSON.parse(/<script type="application\/json" id="first">(.*?)<\/script>/u.exec(await response.text())?.[1] ?? "null")

/** What the server says to a request line that no client would send. */
const raw = (path: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(api.url)
    let said = ""
    const socket = connect(Number(port), hostname, () =>
      socket.write(`GET ${path} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nconnection: close\r\n\r\n`),
    )
    socket.on("data", (chunk) => {
      said += chunk.toString()
    })
    socket.on("end", () => resolve(said)).on("error", reject)
  })

describe("what the dashboard is made of", () => {
  it.each([
    ["br", brotliDecompressSync],
    ["gzip", gunzipSync],
  ])("comes compressed (%s), once made, and may be kept for ever", async (encoding, decompress) => {
    const response = await fetch(`${api.url}/assets/index-one.js`, { headers: { "accept-encoding": encoding }, decompress: false })
    const body = Buffer.from(await response.arrayBuffer())
    expect(body.byteLength).toBeLessThan(script.length / 5)
    expect(decompress(body).toString()).toBe(script)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/javascript; charset=utf-8",
      "content-encoding": encoding,
      "cache-control": "public, max-age=31536000, immutable",
      vary: "accept-encoding",
    })
  })

  it("comes as it is for who takes nothing else, and not at all for who has it", async () => {
    const plain = await api.get("/assets/index-one.js", { "accept-encoding": "br;q=0, identity" })
    expect([plain.headers.get("content-encoding"), await plain.text()]).toEqual([null, script])
    const etag = plain.headers.get("etag") ?? ""
    expect((await api.get("/assets/index-one.js", { "accept-encoding": "identity", "if-none-match": `"x", ${etag}` })).status).toBe(304)
    expect((await api.get("/favicon.svg")).headers.get("cache-control")).toBe("no-cache")
  })

  it.each([
    "/../secret.txt",
    "/assets/../../secret.txt",
    "/%2e%2e/secret.txt",
    "/assets/%2e%2e/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/assets/..%5c..%5csecret.txt",
    "//secret.txt",
    "/assets/",
    "/assets/index-two.js",
    "/index.html",
    "/%00",
    "/%",
  ])("never leads out of its folder: %s", async (path) => {
    const said = await raw(path)
    expect(said).toMatch(/^HTTP\/1\.1 404/u)
    expect(said).not.toContain("a secret")
  })
})

describe("a page", () => {
  it("comes compressed, to whoever reads that, and is the same page", async () => {
    const ask = (encoding: string) => fetch(`${api.url}/`, { headers: { "accept-encoding": encoding }, decompress: false })
    const response = await ask("gzip, deflate, br, zstd")
    expect([response.headers.get("content-encoding"), response.headers.get("vary")]).toEqual(["gzip", "accept, accept-encoding, cookie"])
    const plain = await ask("gzip;q=0")
    expect(plain.headers.get("content-encoding")).toBeNull()
    expect(gunzipSync(await response.arrayBuffer()).toString()).toBe(await plain.text())
  })

  it("is the same for every view, and holds what it would ask for first", async () => {
    await api.record(runId(1), [
      { ...failed(1), data: { ...failed(1).data, title: "</script><script>alert(1)</script><!--\u2028" } } as ReturnType<typeof failed>,
    ])
    const response = await api.get("/", navigation)
    const text = await response.clone().text()
    expect([response.status, response.headers.get("cache-control"), response.headers.get("content-type")]).toEqual([
      200,
      "no-store",
      "text/html; charset=utf-8",
    ])
    expect(text.match(/<script/gu)).toHaveLength(2)
    expect(await first(response)).toMatchObject({
      session: { required: false, signedIn: false },
      runs: { page: 1, pageSize: 50, total: 1, items: [{ runId: runId(1), title: "</script><script>alert(1)</script><!--\u2028" }] },
    })
    for (const path of [`/runs/${runId(1)}`, "/system", "/metrics", "/?status=fixed"]) {
      const page = await api.get(path, navigation)
      expect([path, page.status, await first(page)]).toEqual([path, 200, { session: expect.anything() }])
    }
  })

  it("shows no run to who has not signed in", async () => {
    expect(await first(await guarded.get("/", navigation))).toEqual({
      session: { required: true, signedIn: false, reviewer: null, csrf: null },
    })
    const signedIn = await guarded.post("/v1/session", { token, reviewer: "ada" })
    const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? ""
    expect(await first(await guarded.get("/", { ...navigation, cookie }))).toMatchObject({
      session: { signedIn: true, reviewer: "ada" },
      runs: { total: 1 },
    })
  })

  it("says nothing of who looks when a link elsewhere led here: the browser kept the cookie back", async () => {
    expect(await first(await guarded.get("/", { ...navigation, "sec-fetch-site": "cross-site" }))).toBeNull()
  })

  it("for a path that is none is still a page for a person, and an error for a program", async () => {
    expect((await api.get("/nowhere", navigation)).status).toBe(404)
    expect(await (await api.get("/nowhere", navigation)).text()).toContain("<title>one</title>")
    expect(await (await api.get("/nowhere")).json()).toMatchObject({ error: { code: "not-found" } })
    expect(await (await api.get("/v1/nowhere", navigation)).json()).toMatchObject({ error: { code: "not-found" } })
  })

  it("is a person's at /metrics; Prometheus gets its figures there", async () => {
    const typeOf = async (headers: Record<string, string>) => (await api.get("/metrics", headers)).headers.get("content-type")
    expect(await typeOf(navigation)).toBe("text/html; charset=utf-8")
    const prometheus = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1"
    for (const headers of [{ accept: prometheus }, { accept: "*/*" }, { ...navigation, "sec-fetch-mode": "cors" }])
      expect(await typeOf(headers)).toMatch(/^text\/plain; version=0\.0\.4/u)
    expect((await guarded.get("/metrics", { accept: prometheus })).status).toBe(401)
    expect((await guarded.get("/metrics", navigation)).status).toBe(200)
  })

  it("is that of the newest build, while open pages go on with the parts of theirs", async () => {
    build("two")
    await expect.poll(async () => (await api.get("/", navigation)).text()).toContain("<title>two</title>")
    for (const mark of ["one", "two"]) expect((await api.get(`/assets/index-${mark}.js`)).status).toBe(200)
  })

  it("finds the parts of a build that was being written when its page was read", async () => {
    expect((await api.get("/assets/late-three.js")).status).toBe(404)
    writeFileSync(join(dist, "assets", "late-three.js"), script)
    expect((await api.get("/assets/late-three.js")).status).toBe(200)
  })

  it("says in words how to make it while there is none; the rest works", async () => {
    const bare = await startListening(await database.freshDatabase(), broker.url)
    try {
      const response = await bare.get("/", navigation)
      expect([response.status, await response.text()]).toEqual([503, expect.stringContaining("bun --bun run build")])
      expect((await bare.get("/v1/ci-healing/runs")).status).toBe(200)
    } finally {
      await bare.stop()
    }
  })
})

describe("every answer", () => {
  it("has a head that may be asked for alone", async () => {
    const head = (path: string, at = api) => fetch(`${at.url}${path}`, { method: "HEAD" })
    const page = await head("/")
    expect([page.status, page.headers.get("content-type"), await page.text()]).toEqual([200, "text/html; charset=utf-8", ""])
    expect([(await head("/v1/ci-healing/stream")).status, (await head("/v1/ci-healing/runs", guarded)).status]).toEqual([200, 401])
    await expect.poll(async () => (await (await api.get("/v1/ci-healing/system")).json()).streamClients).toBe(0)
  })

  it.each(["/", "/assets/index-two.js", "/v1/ci-healing/runs", "/v1/nowhere", "/healthz", "/openapi", "/metrics", "/v1/session"])(
    "lets nothing run, frame or guess: %s",
    async (path) => {
      const { headers } = await api.get(path)
      const policy = headers.get("content-security-policy") ?? ""
      for (const rule of [
        "default-src 'none'",
        "script-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
      ])
        expect(policy).toContain(rule)
      expect(policy).not.toMatch(/unsafe|\*|https?:/u)
      expect(Object.fromEntries(headers)).toMatchObject({
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": expect.stringContaining("camera=()"),
        "cache-control": path.startsWith("/assets/") ? expect.stringContaining("immutable") : "no-store",
      })
      expect(headers.get("access-control-allow-origin")).toBeNull()
    },
  )

  it("does so when it is a refusal, too", async () => {
    const refused = await guarded.get("/v1/ci-healing/runs")
    expect([refused.status, refused.headers.get("cache-control"), refused.headers.get("x-content-type-options")]).toEqual([
      401,
      "no-store",
      "nosniff",
    ])
  })
})
