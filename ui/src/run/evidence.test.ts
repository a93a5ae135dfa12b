import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import { describe, expect, it } from "vitest"
import { evidenceOf } from "./evidence.ts"
import { fold } from "./fold-ledger.ts"
import * as lives from "./lives.suite.ts"

const told = `not ok 1\n${"x".repeat(5_000)}\nlast\n`
const result = { exitCode: 1, durationMs: 1, timedOut: false, outOfMemory: false, logSha256: "a".repeat(64), logBytes: 1 }
const command = { name: "test", run: "npm test", cwd: ".", source: "workflow" } as const
const reproduced: RunEvent = {
  type: "reproduced",
  data: {
    reproduction: {
      plan: [command],
      failing: { command, ...result },
      signature: "00000000000000aa",
      digest: { text: told, totalLines: 3, totalBytes: 5_000, redactions: 0 },
      sandbox: { kind: "bubblewrap", image: "host" },
    },
  },
}
const shown = (evidence: ReadonlyArray<string>, ...facts: ReadonlyArray<RunEvent>) => {
  const run = fold(lives.ledger(lives.failed, lives.fetched, ...facts))
  if (run === undefined) throw new Error("no run")
  return evidenceOf({ reason: "", failed: "", tried: [], evidence, nextStep: "" }, run)
}
const ci = "not ok 1 - adds\n  expected 3, got 4\n"

describe("the evidence of a report", () => {
  it("says where each log comes from, though it holds the beginning only", () =>
    expect(shown([`${told.slice(0, 3_999)}…`, ci], reproduced).map(({ from }) => from)).toEqual(["What the sandbox said", "What CI said"]))

  it("lets a sentence speak for itself", () =>
    expect(shown(["`npm test` exited 1 after 1 ms"], reproduced)).toEqual([{ text: "`npm test` exited 1 after 1 ms", from: undefined }]))

  it("shows what another piece holds already only once", () =>
    expect(shown(["not ok 1 - adds", ci, ci])).toEqual([{ text: ci, from: "What CI said" }]))
})
