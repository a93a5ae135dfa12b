import { type LoopbackOutcome, type LoopbackServer, startLoopback } from "@ci-fix-pilot/testkit/loopback-server"
import { afterEach, describe, expect, it } from "vitest"
import { guardFetch } from "./guard-fetch.ts"

describe("a guarded fetch", () => {
  let server: LoopbackServer
  const answering = async (outcome: LoopbackOutcome) => {
    server = await startLoopback(() => Promise.resolve(outcome))
    return server.url
  }
  afterEach(() => server.stop())
  const answer = { status: 529, headers: { "x-what": "kept" }, pieces: ["one", "two"] }

  it("passes status, headers and body on", async () => {
    const response = await guardFetch(20_000)(await answering(answer))
    expect([response.status, response.headers.get("x-what"), await response.text()]).toEqual([529, "kept", "onetwo"])
  })

  it("passes an answer without a body on", async () => {
    expect((await guardFetch(20_000)(await answering({ status: 204, headers: {}, pieces: [] }))).status).toBe(204)
  })

  it("fails when nothing comes at all, or nothing more", async () => {
    await expect(guardFetch(100)(await answering("stall"))).rejects.toThrow("nothing came for 100 ms")
    await server.hungUp(1)
    await server.stop()
    const stalled = await guardFetch(500)(await answering({ ...answer, ending: "stall" }))
    await expect(stalled.text()).rejects.toThrow("nothing came for 500 ms")
    await server.hungUp(1)
  })

  it("stops reading what has no end", async () => {
    const endless = await guardFetch(
      20_000,
      100_000,
    )(await answering({ ...answer, pieces: Array.from({ length: 300 }, () => "x".repeat(1_000)), ending: "stall" }))
    await expect(endless.text()).rejects.toThrow("longer than 100000 bytes")
    await server.hungUp(1)
  })

  it("hangs up when its caller aborts", async () => {
    const url = await answering("stall")
    const controller = new AbortController()
    const asked = guardFetch(60_000)(url, { signal: controller.signal })
    await server.received(1)
    controller.abort()
    await expect(asked).rejects.toThrow()
    await server.hungUp(1)
  })

  it("hangs up when its reader does", async () => {
    const response = await guardFetch(60_000)(await answering({ ...answer, ending: "stall" }))
    await response.body?.cancel()
    await server.hungUp(1)
  })
})
