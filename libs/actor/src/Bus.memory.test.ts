import { describe, expect, it } from "vitest"
import { layer, matches } from "./Bus.memory.ts"
import { holdsQuestions } from "./Bus.questions.suite.ts"
import { holdsDeliveries, onLayer } from "./Bus.suite.ts"

// Side by side: they wait for most of their time, each on a bus of its own.
describe.concurrent("the bus in this process", () => {
  holdsDeliveries(onLayer(layer), 300)
  holdsQuestions(onLayer(layer))
})

describe("a subject", () => {
  it.each([
    ["cmd.>", "cmd.ai.diagnose", true],
    ["cmd.>", "cmd", false],
    ["run.*.resolved", "run.x.resolved", true],
    ["run.*.resolved", "run.x.y.resolved", false],
    ["run.*", "run", false],
    ["evt.ai", "evt.ai", true],
    ["evt.ai", "evt.ai.diagnosed", false],
  ])("%s and %s: %s", (pattern, subject, wanted) => {
    expect(matches(pattern, subject)).toBe(wanted)
  })
})
