import { Effect, Layer, Option } from "effect"
import { describe, expect, it } from "vitest"
import { makeAuthorize } from "./authorize.ts"
import { Sessions } from "./Sessions.ts"
import { Tries } from "./Tries.ts"

const ask = (route: string, headers: Record<string, string>, method = "GET") => ({
  route,
  url: "http://localhost:3000/",
  method,
  headers: new Headers(headers),
})
const runs = "/v1/ci-healing/runs"

const ada = { name: "n", reviewer: "ada", csrf: "c5rf" }
const sessions = Layer.succeed(
  Sessions,
  Sessions.of({
    begin: () => Effect.die("not asked for"),
    find: (secret) => Effect.succeed(secret === "s3cret" ? Option.some(ada) : Option.none()),
    end: () => Effect.die("not asked for"),
    holding: () => Effect.die("not asked for"),
  }),
)
/** Who showed a wrong token; nobody was wrong too often yet. */
const counted: Array<string> = []
const tries = Tries.of({
  refuse: (address, wrong) => {
    counted.push(address)
    return Effect.fail(wrong)
  },
})
/** Who comes in, or the code of the refusal. */
const door =
  (token: string | undefined) =>
  (request: ReturnType<typeof ask>, address = "10.0.0.1") =>
    Effect.runPromise(
      makeAuthorize(token)(request, request.route, address).pipe(
        Effect.map((caller) => (caller.is === "person" ? caller.session.reviewer : caller.is)),
        Effect.catchTag("HttpError", ({ code }) => Effect.succeed(code)),
        Effect.provide(sessions),
        Effect.provideService(Tries, tries),
      ),
    )

describe("with a token", () => {
  const authorize = door("t0ken")

  it("lets in whoever shows it, from anywhere", async () => {
    expect(await authorize(ask(runs, { authorization: "Bearer t0ken", host: "ci.example.test" }))).toBe("program")
    expect(
      await authorize(ask(`${runs}/:runId/actions/:action`, { authorization: "Bearer t0ken", origin: "https://else.test" }, "POST")),
    ).toBe("program")
  })

  it.each(["", "Bearer", "Bearer ", "Bearer t0ke", "Bearer t0ken2", "bearer t0ken", "t0ken", "Basic t0ken"])(
    "keeps out: %s",
    async (authorization) => {
      expect(await authorize(ask(runs, { authorization, host: "localhost:3000", cookie: "ci-fix-pilot=s3cret" }))).toBe("unauthorized")
    },
  )

  it("counts the wrong tokens of an address, and nothing else", async () => {
    counted.length = 0
    await authorize(ask(runs, { authorization: "Bearer guess" }), "10.0.0.2")
    await authorize(ask(runs, { authorization: "Bearer t0ken" }), "10.0.0.3")
    await authorize(ask(runs, { cookie: "ci-fix-pilot=else" }), "10.0.0.4")
    await authorize(ask("/", { authorization: "Bearer guess" }), "10.0.0.5")
    expect(counted).toEqual(["10.0.0.2"])
  })

  it("asks for it on every route that holds data, and on those it does not know; probes and pages hold none", async () => {
    const asked = (route: string, headers = {}, method = "GET") => authorize(ask(route, headers, method))
    for (const route of ["/healthz", "/readyz", "/", "/*"]) expect(await asked(route)).toBe("anybody")
    for (const method of ["GET", "POST", "DELETE"]) expect(await asked("/v1/session", {}, method)).toBe("anybody")
    for (const route of [runs, `${runs}/:runId`, "/metrics", "/openapi", "/v1/ci-healing/stream", "/v1/*", "/new", ""])
      expect(await asked(route)).toBe("unauthorized")
    expect(await asked("/metrics", { accept: "text/html", "sec-fetch-mode": "navigate" })).toBe("anybody")
    expect(await asked("/metrics", { accept: "text/html", "sec-fetch-mode": "cors" })).toBe("unauthorized")
  })

  it("knows who has signed in", async () => {
    expect(await authorize(ask(runs, { cookie: "other=1; ci-fix-pilot=s3cret" }))).toBe("ada")
    for (const cookie of ["ci-fix-pilot=", "ci-fix-pilot=else", "xci-fix-pilot=s3cret", "s3cret"])
      expect(await authorize(ask(runs, { cookie }))).toBe("unauthorized")
    expect(await authorize(ask(runs, { cookie: "ci-fix-pilot=s3cret", "x-forwarded-proto": "https" }))).toBe("unauthorized")
    expect(await authorize(ask(runs, { cookie: "__Host-ci-fix-pilot=s3cret", "x-forwarded-proto": "https" }))).toBe("ada")
  })

  it("takes changes in their name from their own pages alone", async () => {
    const act = (headers: Record<string, string>) =>
      authorize(ask(`${runs}/:runId/actions/:action`, { cookie: "ci-fix-pilot=s3cret", host: "healing.test", ...headers }, "POST"))
    const shown = { "x-csrf-token": "c5rf" }
    expect(await act({ ...shown, "sec-fetch-site": "same-origin" })).toBe("ada")
    expect(await act({ ...shown, origin: "https://healing.test" })).toBe("ada")
    const wrong = [
      shown,
      { "sec-fetch-site": "same-origin" },
      { "sec-fetch-site": "same-origin", "x-csrf-token": "c5r" },
      { ...shown, "sec-fetch-site": "same-site", origin: "https://healing.test" },
      { ...shown, "sec-fetch-site": "cross-site" },
      { ...shown, origin: "https://evil.test" },
      { ...shown, origin: "null" },
    ]
    for (const headers of wrong) expect(await act(headers)).toBe("forbidden")
  })
})

describe("without a token", () => {
  const authorize = door(undefined)

  it.each(["localhost:3000", "127.0.0.1:3000", "[::1]:3000"])("lets this machine in: %s", async (host) => {
    expect(await authorize(ask(runs, { host }))).toBe("anybody")
  })

  it.each(["evil.test:3000", "127.0.0.1.evil.test", "localhost.evil.test:3000", "10.0.0.1"])(
    "keeps out a name that was pointed here: %s",
    async (host) => {
      expect(await authorize(ask(runs, { host }))).toBe("forbidden")
      expect(await authorize(ask("/", { host }))).toBe("forbidden")
    },
  )

  it("keeps pages of other sites from acting, not its own", async () => {
    const act = (headers: Record<string, string>) =>
      authorize(ask(`${runs}/:runId/actions/:action`, { host: "localhost:3000", ...headers }, "POST"))
    expect([await act({}), await act({ origin: "http://localhost:3000" }), await act({ "sec-fetch-site": "same-origin" })]).toEqual([
      "anybody",
      "anybody",
      "anybody",
    ])
    for (const origin of ["https://evil.test", "http://localhost:4000", "null"]) expect(await act({ origin })).toBe("forbidden")
    for (const site of ["same-site", "cross-site"]) expect(await act({ "sec-fetch-site": site })).toBe("forbidden")
  })
})
