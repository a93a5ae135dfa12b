import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { dashboard } from "./dashboard.svelte.ts"
import { makeTelling } from "./live/told.suite.ts"

describe("the live connection's listeners", () => {
  const reported = vi.fn<(error: unknown) => void>()
  beforeEach(() => void vi.stubGlobal("reportError", reported))
  afterEach(() => void vi.unstubAllGlobals())

  it("hear every entry, even if one of them stumbles over it, which the browser is told", () => {
    const told = makeTelling()
    const entries = [told.failed("a"), told.fetching("a")]
    const stumble = new Error("not expected")
    const heard: Array<number> = []
    const deaf = [
      dashboard.listen(() => {
        throw stumble
      }),
      dashboard.listen(({ position }) => heard.push(position)),
    ]
    for (const entry of entries) dashboard.hear(entry)
    for (const stop of deaf) stop()
    expect([heard, reported.mock.calls]).toEqual([
      [1, 2],
      [[stumble], [stumble]],
    ])
  })
})

describe("signing in again in another tab", () => {
  const ada = { required: true, signedIn: true, reviewer: "ada", csrf: "old" }
  const refused = () => Response.json({ error: { code: "forbidden", message: "no" } }, { status: 403 })
  afterEach(() => void vi.unstubAllGlobals())

  it.each([
    ["does what was asked under the same name", "ada", 3],
    ["does nothing under another", "bob", 2],
  ])("%s", async (_, reviewer, requests) => {
    dashboard.session = ada
    const answers = [refused(), Response.json({ ...ada, reviewer, csrf: "new" }), Response.json({})]
    const asked: Array<string> = []
    vi.stubGlobal("fetch", async (path: string) => {
      asked.push(path)
      return answers.shift() ?? Promise.reject(new TypeError("refused"))
    })
    await dashboard.api.send("/v1/x", { method: "POST" }).catch(() => undefined)
    expect([asked.length, dashboard.session.reviewer]).toEqual([requests, reviewer])
  })
})
