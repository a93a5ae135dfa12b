import { describe, expect, it } from "vitest"
import { readOctokitError } from "./read-octokit-error.ts"

const now = Date.parse("2026-01-01T00:00:00Z")
const failed = (status: number | undefined, headers: Record<string, string> = {}, message = "no") => ({
  what: "GET /x",
  status,
  message,
  headers,
})
const read = (...args: Parameters<typeof failed>) => readOctokitError(failed(...args), now)

describe("a failed request", () => {
  it.each([
    [401, "Unauthorized"],
    [403, "Forbidden"],
    [451, "Forbidden"],
    [404, "NotFound"],
    [410, "NotFound"],
    [405, "Conflict"],
    [409, "Conflict"],
    [422, "Conflict"],
    [500, "Unclear"],
    [502, "Unclear"],
    [503, "Unclear"],
    [undefined, "Unclear"],
  ])("with status %s is %s", (status, tag) => {
    expect(read(status)._tag).toBe(tag)
  })

  it("waits as retry-after says", () => {
    expect(read(403, { "retry-after": "7" })).toMatchObject({ _tag: "RateLimited", afterMs: 7_000 })
    expect(read(429, { "retry-after": "7" })).toMatchObject({ _tag: "RateLimited", afterMs: 7_000 })
  })

  it("waits until the reset time, counted from the answer's own date", () => {
    const reset = String(now / 1_000 + 90)
    const headers = { "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset }
    expect(read(403, { ...headers, date: "Thu, 01 Jan 2026 00:01:00 GMT" })).toMatchObject({ afterMs: 30_000 })
    expect(read(403, headers)).toMatchObject({ afterMs: 90_000 })
  })

  it("waits a minute when a limit names no time, never less than a second nor more than an hour", () => {
    expect(read(429)).toMatchObject({ afterMs: 60_000 })
    expect(read(403, {}, "You have exceeded a secondary rate limit")).toMatchObject({ _tag: "RateLimited", afterMs: 60_000 })
    expect(read(429, { "retry-after": "0" })).toMatchObject({ afterMs: 1_000 })
    expect(read(429, { "retry-after": "999999" })).toMatchObject({ afterMs: 3_600_000 })
  })

  it("is forbidden, not limited, while requests remain", () => {
    expect(read(403, { "x-ratelimit-remaining": "10", "x-ratelimit-reset": String(now / 1_000 + 90) })._tag).toBe("Forbidden")
  })

  it("keeps a page of HTML short", () => {
    expect(read(502, {}, `<html>\n${"x".repeat(5_000)}`).message.length).toBeLessThan(600)
  })
})
