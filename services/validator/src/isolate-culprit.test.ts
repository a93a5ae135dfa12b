import { Effect } from "effect"
import { describe, expect, it } from "vitest"
import { handle } from "./isolate-culprit.ts"
import { commit, parentSha, type Scripted, scriptedWorld } from "./scripted-fixture.ts"
import { commandOf } from "./validator-fixture.ts"

const command = { name: "npm test", run: "npm test", cwd: ".", source: "detected" as const }
const result = { command, exitCode: 1, durationMs: 5, timedOut: false, outOfMemory: false, logSha256: "0".repeat(64), logBytes: 1 }
const red: Scripted = { exitCode: 1, prints: "not ok 1 - adds\n" }

/** `passes`: whether the failing commit passes when it is run for this time, from 1. */
const isolate = async (passes: (time: number) => boolean, parent: Scripted = {}) => {
  let times = 0
  const world = scriptedWorld({}, ({ commitSha }) => {
    if (commitSha === parentSha) return parent
    times += 1
    return passes(times) ? {} : red
  })
  const data = { target: commit, plan: [command], failing: result, maxRuns: 40 }
  return Effect.runPromise(handle(commandOf("validator.isolate-culprit", data)).pipe(Effect.provide(world.layer)))
}

describe("a failure that comes and goes", () => {
  it.each([
    ["at once", 1, { passed: 1, of: 2 }],
    ["after the search", 2, { passed: 1, of: 4 }],
    ["at last", 3, { passed: 1, of: 4 }],
  ])("is called unsteady when it is seen to pass %s", async (_, green, unsteady) => {
    expect(await isolate((time) => time === green)).toMatchObject({ type: "fix-declined", data: { unsteady } })
  })

  it("is called unsteady although no ancestor was seen to be green", async () => {
    expect(await isolate((time) => time > 1, red)).toMatchObject({ data: { unsteady: { passed: 2, of: 4 } } })
  })

  it("is steady when it fails every time", async () => {
    const answer = await isolate(() => false)
    expect(answer).toMatchObject({ type: "fix-declined", data: { why: expect.stringContaining("Nothing that can be undone") } })
    expect(answer.data).not.toHaveProperty("unsteady")
  })
})
