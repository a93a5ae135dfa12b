import { Result, Schema, SchemaParser } from "effect"
import { describe, expect, it } from "vitest"
import { ErrorBody, errorResponse, HttpError, httpErrors, invalid, isLoopback, noRoute } from "./http.ts"

const decode = SchemaParser.decodeUnknownResult(
  Schema.Struct({ name: Schema.String, list: Schema.Array(Schema.Struct({ n: Schema.Int })) }),
  {
    errors: "all",
  },
)
const problemOf = (value: unknown) => {
  const result = decode(value)
  if (Result.isSuccess(result)) throw new Error("this value fits")
  return invalid("body", result.failure)
}

describe("an error answer", () => {
  it("has the status of its code, the fields and when to come back", async () => {
    const response = errorResponse(new HttpError({ code: "unavailable", message: "the database is away", retryAfter: 3 }))
    expect([response.status, response.headers.get("retry-after")]).toEqual([503, "3"])
    expect(await response.json()).toEqual({ error: { code: "unavailable", message: "the database is away" } })
  })

  it.each(Object.keys(httpErrors))("is decodable: %s", async (code) => {
    const body = { error: { code, message: "m", fields: [{ field: "a", message: "b" }], current: { status: "fixed" } } }
    expect(Schema.decodeUnknownSync(ErrorBody)(body)).toEqual(body)
  })

  it("names every wrong field by its path", () => {
    const error = problemOf({ list: [{ n: 1 }, { n: "x" }] })
    expect(error.code).toBe("invalid")
    expect(error.fields?.map(({ field }) => field)).toEqual(["name", "list.1.n"])
  })

  it("names the body when all of it is wrong", () => {
    expect(problemOf("text").fields?.map(({ field }) => field)).toEqual(["body"])
  })

  it("stays small however much is wrong", () => {
    const error = problemOf({ name: 1, list: Array.from({ length: 5_000 }, () => ({ n: "x" })) })
    expect(JSON.stringify(error).length).toBeLessThan(10_000)
  })
})

describe("a path without a route", () => {
  const routes = ["GET /", "GET /*", "GET /runs", "POST /runs", "GET /runs/:id", "DELETE /runs/:id", "POST /runs/:id/act"].map((route) => {
    const [method = "", path = ""] = route.split(" ")
    return { method, path }
  })

  it.each([
    ["/", 405, "GET, HEAD"],
    ["/runs", 405, "GET, HEAD, POST"],
    ["/runs/", 405, "GET, HEAD, POST"],
    ["/runs/7", 405, "GET, HEAD, DELETE"],
    ["/runs/%zz/act", 405, "POST"],
    ["/runs//act", 404, null],
    ["/runs/7/other", 404, null],
    ["/*", 404, null],
  ])("says which methods it takes, if any: %s", (path, status, allow) => {
    const response = errorResponse(noRoute(routes, path))
    expect([response.status, response.headers.get("allow")]).toEqual([status, allow])
  })
})

describe("loopback", () => {
  it("is this machine only", () => {
    expect(["127.0.0.1", "127.8.8.8", "::1", "localhost"].filter(isLoopback)).toHaveLength(4)
    expect(["0.0.0.0", "::", "127.0.0.1.example.test", "10.0.0.1", ""].filter(isLoopback)).toEqual([])
  })
})
