import { defaultPolicy } from "@ci-fix-pilot/lifecycle/policy"
import { ConfigProvider, Effect, Layer } from "effect"
import { describe, expect, it } from "vitest"
import { PolicyConfig } from "./PolicyConfig.ts"

const read = (environment: Record<string, string>) =>
  PolicyConfig.use(Effect.succeed).pipe(
    Effect.provide(PolicyConfig.layer.pipe(Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnvRecord(environment))))),
    Effect.result,
    Effect.runSync,
  )

describe("the bounds of a run", () => {
  it("are the defaults where nothing is set", () => {
    expect(read({})).toMatchObject({ success: defaultPolicy })
  })

  it("are what is set: money in dollars, of which there may be none", () => {
    const set = {
      CI_HEALING_MAX_ATTEMPTS: "1",
      CI_HEALING_MAX_COST_USD: "0",
      CI_HEALING_MAX_CALL_USD: "0.25",
      CI_HEALING_LARGE_DIFF_LINES: "0",
    }
    expect(read(set)).toMatchObject({ success: { ...defaultPolicy, maxAttempts: 1, maxCostUsd: 0, maxCallUsd: 0.25, largeDiffLines: 0 } })
  })

  it.each([
    ["CI_HEALING_MAX_ATTEMPTS", "-1"],
    ["CI_HEALING_MAX_ATTEMPTS", "0"],
    ["CI_HEALING_MAX_ATTEMPTS", "2.5"],
    ["CI_HEALING_MAX_COST_USD", "-0.01"],
    ["CI_HEALING_MAX_CALL_USD", "-1"],
    ["CI_HEALING_MAX_CALL_USD", "Infinity"],
    ["CI_HEALING_MAX_WALL_MS", "0"],
    ["CI_HEALING_APPROVAL_MS", "-1"],
    ["CI_HEALING_RUNS_PER_REPOSITORY", "0"],
    ["CI_HEALING_PULL_REQUESTS_PER_REPOSITORY", "0"],
    ["CI_HEALING_SAME_SIGNATURE_PER_DAY", "0"],
    ["CI_HEALING_REPRODUCE_TRIES", "0"],
    ["CI_HEALING_CULPRIT_RUNS", "-5"],
    ["CI_HEALING_TRIES_PER_COMMAND", "0"],
    ["CI_HEALING_LARGE_DIFF_LINES", "-1"],
    ["CI_HEALING_DELIVERY", "push"],
  ])("cannot be %s=%s, and the message names the variable", (name, value) => {
    expect(read({ [name]: value })).toMatchObject({ failure: { message: expect.stringContaining(name) } })
  })
})
