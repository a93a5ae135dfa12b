import type { CommandResult, Proof as ProofFacts, Proposal } from "@ci-fix-pilot/contract/values"
import type { Run } from "@ci-fix-pilot/lifecycle/run"
import { evolve } from "@ci-fix-pilot/lifecycle/run"
import { render, screen } from "@testing-library/svelte"
import { expect, it } from "vitest"
import { failed, patch } from "./lives.suite.ts"
import Proof from "./Proof.svelte"

const result = (run: string, exitCode: number): CommandResult => ({
  command: { name: run, run, cwd: ".", source: "workflow" },
  ...{ exitCode, durationMs: 120, timedOut: false, outOfMemory: false, logSha256: "a".repeat(64), logBytes: 40 },
})
const sandbox = { kind: "bubblewrap", image: "host" } as const
const proposal: Proposal = { strategy: "revert", patch, explanation: "Undoes it.", confidence: 0.9 }
const begun = evolve(undefined, failed)
const proof: ProofFacts = {
  commitSha: begun.target.commitSha,
  ...{ patchSha256: patch.sha256, treeSha: "b".repeat(40), findings: [], sandbox },
  before: result("npm test", 1),
  after: [result("npm test", 0)],
}
const shown = (facts: ProofFacts, run: Run = begun) => render(Proof, { proof: facts, proposal, run, file: "fix.patch" })

it("says what could not be installed, so that it was proven without", () => {
  shown({ ...proof, sandbox: { ...sandbox, notInstalled: ["lost@^1 (devDependencies of package.json): no such package"] } })
  expect(screen.getByText("Not installed").parentElement?.textContent).toContain("lost@^1")
})

it("says which commands were red before the failing change too, and are no part of it", () => {
  shown(proof, {
    ...begun,
    reproduction: {
      plan: [proof.before.command],
      ...{ setAside: [result("npm run lint", 2)], failing: proof.before, signature: "00000000000000aa", sandbox },
      digest: { text: "", firstError: 0, totalLines: 0, totalBytes: 0, redactions: 0 },
    },
  })
  expect(screen.getByText(/no part of the proof/).parentElement?.textContent).toMatch(/npm run lint.*exit 2/s)
})

it("says nothing of either where there is nothing", () => {
  shown(proof)
  expect(screen.queryByText("Not installed")).toBeNull()
  expect(screen.queryByText(/no part of the proof/)).toBeNull()
})
