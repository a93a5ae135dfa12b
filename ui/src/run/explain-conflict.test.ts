import { describe, expect, it } from "vitest"
import { explainConflict } from "./explain-conflict.ts"
import { denied, escalated, healed, ledger, opened, waiting } from "./lives.suite.ts"

const now = Date.UTC(2026, 10, 23, 4, 5)
const conflict = { message: "the run has ended: escalated", current: { status: "escalated" } }
const closed = { type: "pull-request-closed", data: {} } as const
const approved = { type: "review-given", data: { action: "approve", reviewer: "alice" } } as const
const explain = (entries: ReturnType<typeof ledger>, seen: number) => explainConflict(conflict, entries, seen, now)

describe("an action that met another state than the reader saw", () => {
  it("was overtaken by another reviewer", () => {
    expect(explain(ledger(...healed, denied, escalated), healed.length)).toBe(
      "Nothing was changed: alice denied it 4 min ago. The run is escalated now.",
    )
  })

  it("was not overtaken by whoever had decided before: then it was GitHub", () => {
    const entries = ledger(...healed.slice(0, -1), approved, opened, closed, escalated)
    expect(explain(entries, healed.length + 1)).toBe(
      "Nothing was changed: the pull request was closed 4 min ago. The run is escalated now.",
    )
  })

  it("has only the server's words where nothing newer is known", () => {
    const entries = ledger(...healed, denied)
    expect(explain(entries, entries.length)).toBe("Nothing was changed: the run has ended: escalated. The run is escalated now.")
  })

  it("has only the server's words where it does not say how the run stands", () => {
    expect(explainConflict({ message: "another patch waits now", current: undefined }, ledger(...waiting), 0, 0)).toBe(
      "Nothing was changed: another patch waits now.",
    )
  })
})
