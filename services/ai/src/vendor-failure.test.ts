import { describe, expect, it } from "vitest"
import { connectionErrorOf, failureOf } from "./vendor-failure.ts"

const failure = (status: number | undefined, headers: Record<string, string> = {}, code?: string) =>
  failureOf("vendor", { status, headers: new Headers(headers), message: "no", code }, [])

describe("a vendor's failure", () => {
  it.each([
    ["seconds", { "retry-after": "7" }, 7_000],
    ["a fraction", { "retry-after": "0.5" }, 500],
    ["milliseconds", { "retry-after-ms": "1500", "retry-after": "2" }, 1_500],
    ["a date", { "retry-after": "Mon, 23 Nov 2026 10:00:30 GMT", date: "Mon, 23 Nov 2026 10:00:00 GMT" }, 30_000],
    ["nothing", {}, 30_000],
    ["nonsense", { "retry-after": "soon" }, 30_000],
    ["a date that is past", { "retry-after": "Mon, 23 Nov 2026 09:00:00 GMT", date: "Mon, 23 Nov 2026 10:00:00 GMT" }, 30_000],
    ["for ever", { "retry-after": "99999999" }, 3_600_000],
  ])("waits as told in %s", (_, headers, afterMs) => {
    expect(failure(429, headers)).toMatchObject({ _tag: "RateLimited", afterMs })
  })

  it.each([
    [408, undefined, "ModelAway"],
    [409, undefined, "ModelAway"],
    [422, undefined, "RequestRefused"],
    [429, "insufficient_quota", "VendorRefused"],
    [undefined, "rate_limit_error", "RateLimited"],
    [undefined, "overloaded_error", "ModelAway"],
    [undefined, "invalid_request_error", "RequestRefused"],
    [504, undefined, "ModelAway"],
  ])("takes %s %s for %s", (status, code, tag) => {
    expect(failure(status, {}, code)._tag).toBe(tag)
  })

  it.each([
    [500, undefined, true],
    [529, undefined, true],
    [502, undefined, false],
    [504, undefined, false],
    [undefined, "ECONNREFUSED", true],
    [undefined, "ENOTFOUND", true],
    [undefined, "UNABLE_TO_VERIFY_LEAF_SIGNATURE", true],
    [undefined, "ECONNRESET", false],
    [undefined, undefined, false],
  ])("%s %s may have been billed, unless it was refused or never sent", (status, connection, unbilled) => {
    const told = failureOf("vendor", { status, headers: undefined, message: "no", code: undefined, connection }, [])
    expect(told).toMatchObject({ _tag: "ModelAway", ...(unbilled ? { unbilled } : {}) })
    expect("unbilled" in told && told.unbilled === true).toBe(unbilled)
  })

  it("finds the connection's own error in what an SDK throws", () => {
    const refused = Object.assign(new Error("Unable to connect"), { code: "ECONNREFUSED" })
    expect(connectionErrorOf(new Error("Connection error.", { cause: refused }))).toBe("ECONNREFUSED")
    expect(connectionErrorOf(refused)).toBe("ECONNREFUSED")
    expect(connectionErrorOf(new Error("nothing came for 300 ms"))).toBeUndefined()
    expect(connectionErrorOf("odd")).toBeUndefined()
  })

  it("keeps secrets out of its reason and the reason short", () => {
    const told = failureOf("v", { status: 401, headers: undefined, message: `key hunter2-hunter2 ${"x".repeat(9_000)}`, code: undefined }, [
      "hunter2-hunter2",
    ])
    expect(JSON.stringify(told)).not.toContain("hunter2")
    expect(JSON.stringify(told).length).toBeLessThan(600)
  })
})
