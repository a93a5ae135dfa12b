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
