import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import { describe, expect, it } from "vitest"
import { actionsFor } from "./actions-for.ts"
import { fold } from "./fold-ledger.ts"
import { attempt, denied, escalated, failed, healed, ledger, patch, proposed, waiting } from "./lives.suite.ts"

const actions = (facts: ReadonlyArray<RunEvent>, reviewer?: string) => {
  const run = fold(ledger(...facts))
  if (run === undefined) throw new Error("an empty ledger")
  return Object.fromEntries(actionsFor(run, reviewer).map((action) => [action.action, action]))
}
const possible = (facts: ReadonlyArray<RunEvent>, reviewer?: string) =>
  Object.values(actions(facts, reviewer))
    .filter(({ whyNot }) => whyNot === undefined)
    .map(({ action }) => action)

describe("what a reviewer may do", () => {
  it("while a fix is looked for: stop it, or say that it is fixed", () => {
    expect(possible([failed, attempt(1), proposed(1)])).toEqual(["human-fix", "abort"])
    expect(actions([failed])["approve"]?.whyNot).toBe("There is no proven fix to decide about yet.")
  })

  it("while a proven fix waits: everything, and approving opens a pull request with the patch that was seen", () => {
    expect(possible([...waiting])).toEqual(["approve", "deny", "human-fix", "abort"])
    expect(actions([...waiting])["approve"]).toMatchObject({
      label: "Approve",
      will: expect.stringContaining("Opens a pull request into main"),
      body: { expectedPhase: "awaiting-approval", patchSha256: patch.sha256 },
    })
  })

  it("with an open pull request: approving merges exactly that one", () => {
    expect(actions([...healed])["approve"]).toMatchObject({
      label: "Approve and merge",
      will: expect.stringContaining("Merges pull request #7 into main"),
      body: { expectedPhase: "fixed", patchSha256: patch.sha256 },
    })
    expect(actions([...healed])["deny"]?.will).toContain("Closes pull request #7")
  })

  it("nothing while it is being merged", () => {
    expect(possible([...healed, { type: "merge-started", data: {} }])).toEqual([])
  })

  it("nothing when it has ended, and says how it ended", () => {
    expect(possible([...waiting, denied, escalated])).toEqual([])
    expect(actions([...waiting, denied, escalated])["abort"]?.whyNot).toBe("The run has ended: it was handed over to a person.")
  })

  it("the author of a change from outside does not approve its fix, however he writes his name", () => {
    expect(possible([...waiting], "mallory")).toEqual(["deny", "human-fix", "abort"])
    expect(possible([...waiting], "grace")).toContain("approve")
  })
})
