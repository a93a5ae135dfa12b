import { describe, expect, it } from "vitest"
import { makeAuthorize } from "./authorize.ts"

const ask = (path: string, headers: Record<string, string>, method = "GET") => ({
  url: `http://localhost:3000${path}`,
  method,
  headers: new Headers(headers),
})
const runs = "/v1/ci-healing/runs"

describe("with a token", () => {
  const authorize = makeAuthorize("t0ken")

  it("lets in whoever shows it, from anywhere", () => {
    expect(authorize(ask(runs, { authorization: "Bearer t0ken", host: "ci.example.test" }))).toBeUndefined()
  })

  it.each(["", "Bearer", "Bearer ", "Bearer t0ke", "Bearer t0ken2", "bearer t0ken", "t0ken", "Basic t0ken"])(
    "keeps out: %s",
    (authorization) => {
      expect(authorize(ask(runs, { authorization, host: "localhost:3000" }))?.code).toBe("unauthorized")
    },
  )

  it("asks for it on every path but the probes", () => {
    const codes = ["/healthz", "/readyz", "/metrics", "/openapi", "/", "/healthz/x"].map((path) => authorize(ask(path, {}))?.code)
    expect(codes).toEqual([undefined, undefined, "unauthorized", "unauthorized", "unauthorized", "unauthorized"])
  })
})

describe("without a token", () => {
  const authorize = makeAuthorize(undefined)

  it.each(["localhost:3000", "127.0.0.1:3000", "[::1]:3000"])("lets this machine in: %s", (host) => {
    expect(authorize(ask(runs, { host }))).toBeUndefined()
  })

  it.each(["evil.test:3000", "127.0.0.1.evil.test", "localhost.evil.test:3000", "10.0.0.1"])(
    "keeps out a name that was pointed here: %s",
    (host) => {
      expect(authorize(ask(runs, { host }))?.code).toBe("forbidden")
    },
  )

  it("keeps pages of other sites from acting, not its own", () => {
    const act = (origin: string) => authorize(ask(`${runs}/x/actions/abort`, { host: "localhost:3000", origin }, "POST"))?.code
    expect(["http://localhost:3000", "https://evil.test", "http://localhost:4000", "null"].map(act)).toEqual([
      undefined,
      "forbidden",
      "forbidden",
      "forbidden",
    ])
  })
})
