import * as anthropic from "@ci-fix-pilot/testkit/anthropic-replies"
import { type AnthropicServer, startAnthropic } from "@ci-fix-pilot/testkit/anthropic-server"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Fleet, startFleet } from "../fleet/fleet.ts"
import { judgeAtRest, runIdFor, untilPhase } from "../fleet/judge-run.ts"
import { waitUntil } from "../fleet/ledger-of.ts"
import { review } from "../fleet/review.ts"
import { armed } from "./armed-service.ts"
import { moments } from "./crash-plan.ts"
import { breakProject, makeProject } from "./small-project.ts"

const within = 120_000
let fleet: Fleet
let claude: AnthropicServer

const fix = (find: string, replace: string) =>
  anthropic.uses("propose_fix", { explanation: "It subtracted.", confidence: 0.9, edits: [{ path: "src/total.js", find, replace }] })
const right = fix("sum - item.price", "sum + item.price")
const wrong = fix("sum - item.price", "sum * item.price")

beforeAll(async () => {
  claude = await startAnthropic()
  const model = { ANTHROPIC_API_KEY: claude.apiKey, ANTHROPIC_BASE_URL: claude.url }
  fleet = await startFleet({ settings: { CI_HEALING_SANDBOX: "bubblewrap", CI_HEALING_RUNS_PER_REPOSITORY: "9", ...model } })
})
afterAll(async () => {
  await fleet?.stop()
  await claude?.stop()
})

/** Breaks a project of this name, and waits for the pull request. */
const heal = async (name: string) => {
  const repository = await makeProject(fleet, name)
  const runId = await runIdFor(fleet, repository, await breakProject(fleet, repository), within)
  return { runId, run: await untilPhase(fleet, runId, within) }
}

describe("a fleet with a model", () => {
  it("delivers the model's fix once it is proven, and says what it cost", async () => {
    claude.replyAlways(right)
    const { runId, run } = await heal("model-right")
    expect(run.attempts).toMatchObject([{ strategy: "model", outcome: "validated" }])
    expect(run).toMatchObject({ phase: "fixed", costUsd: expect.any(Number) })
    expect(run.costUsd).toBeGreaterThan(0)
    expect(await judgeAtRest(fleet, runId)).toEqual([])
  })

  it("tells the model why its fix was rejected, and undoes the culprit when it has no better one", async () => {
    const before = claude.requests.length
    claude.replyAlways(wrong)
    const { runId, run } = await heal("model-wrong")
    expect(run.phase).toBe("fixed")
    expect(run.attempts.map(({ strategy, outcome }) => ({ strategy, outcome }))).toEqual([
      { strategy: "model", outcome: "rejected" },
      { strategy: "model", outcome: expect.stringMatching(/rejected|declined/u) },
      { strategy: "revert", outcome: "validated" },
    ])
    expect(claude.requests.slice(before).at(-1)?.text).toContain("sum * item.price")
    expect(await judgeAtRest(fleet, runId)).toEqual([])
  })

  it.each(moments)("loses and doubles nothing when the service that asks it is killed with -9: %s", async (moment) => {
    claude.replyAlways(right)
    const point = `ai.propose-fix:${moment}`
    const { death } = await armed(fleet, { service: "ai", point })
    const { runId, run } = await heal(`model-killed-${moment}`)
    expect(await death).toContain(`"crash point reached","point":"${point}"`)
    expect(run).toMatchObject({ phase: "fixed", attempts: [{ strategy: "model", outcome: "validated" }] })
    expect(await judgeAtRest(fleet, runId)).toEqual([])
  })
})

describe("a pull request that is looked at while the service that looks is killed with -9", () => {
  it.each(moments)("is looked at again, and merged as ever: %s", async (moment) => {
    claude.replyAlways(right)
    const { runId } = await heal(`checked-${moment}`)
    const point = `github.check-pull-request:${moment}`
    const { death } = await armed(fleet, { service: "github", point })
    await fleet.database.sql`update run set pull_request_checked_at = now() - interval '1 hour' where run_id = ${runId}`
    expect(await death).toContain(`"crash point reached","point":"${point}"`)
    const checks = () =>
      fleet.database.sql`select 1 from command where run_id = ${runId} and type = 'github.check-pull-request' and closed_at is null`
    await waitUntil("the look to be answered", async () => ((await checks()).length === 0 ? true : undefined), within)
    expect((await review(fleet, runId, "approve", `key-${runId}`)).status).toBe(200)
    await untilPhase(fleet, runId, within, new Set(["resolved"]))
    expect(await judgeAtRest(fleet, runId)).toEqual([])
  })
})
