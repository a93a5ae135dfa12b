import { describe, expect, it } from "vitest"
import { conclusionOf } from "./conclude-checks.ts"

const done = (conclusion: string) => ({ status: "completed", conclusion })
const running = { status: "in_progress", conclusion: null }

describe("all checks of a commit in one word", () => {
  it.each([
    ["nothing at all", [], undefined, "pending"],
    ["all well", [done("success"), done("skipped"), done("neutral")], "success", "success"],
    ["only a good status", [], "success", "success"],
    ["one runs", [done("success"), running], undefined, "pending"],
    ["a status waits", [done("success")], "pending", "pending"],
    ["a person must start one", [done("action_required"), done("success")], undefined, "pending"],
    ["one failed while another runs", [done("failure"), running], undefined, "failure"],
    ["one was cancelled", [done("success"), done("cancelled")], undefined, "failure"],
    ["a status failed", [done("success")], "failure", "failure"],
    ["a status is in error", [], "error", "failure"],
  ] as const)("%s: %j with %s is %s", (_title, runs, status, conclusion) => {
    expect(conclusionOf(runs, status)).toBe(conclusion)
  })

  it("is not green while some were not seen", () => {
    expect(conclusionOf([done("success")], "success", 1)).toBe("success")
    expect(conclusionOf([done("success")], "success", 2)).toBe("pending")
    expect(conclusionOf([done("failure")], undefined, 2)).toBe("failure")
  })
})
