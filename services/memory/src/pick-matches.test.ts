import { describe, expect, it } from "vitest"
import { type Candidate, pickMatches } from "./pick-matches.ts"
import { patchOf, signatureOf } from "./stories.suite.ts"

const candidate = (n: number, other: Partial<Candidate> = {}): Candidate => ({
  memoryId: `${n}`,
  signature: signatureOf(n),
  repository: "acme/shop",
  branch: "main",
  outcome: "merged",
  strategy: "revert",
  summary: `summary ${n}`,
  patch: patchOf(n),
  provenance: { runId: "run_000000000000000000000001", commitSha: "c".repeat(40) },
  likeness: 0.9,
  same: true,
  here: true,
  rejectedBecause: undefined,
  ...other,
})
const picked = (found: ReadonlyArray<Candidate>, limit = 5) => pickMatches(found, "main", limit).map(({ memoryId }) => memoryId)

describe("picking memories", () => {
  it("offers a patch once, however many runs it was kept for, but also that it was rejected elsewhere", () => {
    const again = { patch: patchOf(1) }
    expect(picked([candidate(1), candidate(2, again), candidate(3, { ...again, outcome: "rejected" }), candidate(4)])).toEqual([
      "1",
      "4",
      "3",
    ])
  })

  it("lets warnings never crowd out what worked", () => {
    const rejected = [1, 2, 3, 4, 5].map((n) => candidate(n, { outcome: "rejected" }))
    expect(picked([...rejected, candidate(6, { same: false }), candidate(7, { same: false })])).toEqual(["1", "2", "6", "7"])
    expect(picked(rejected, 1)).toEqual(["1"])
  })

  it("puts what this repository knows before what all others know, however well it went there", () => {
    const elsewhere = { here: false, repository: "acme/other", branch: "main" }
    const mine = candidate(2, { outcome: "validated", branch: "next", likeness: 0.4 })
    expect(picked([candidate(1, elsewhere), mine])).toEqual(["2", "1"])
    const alike = { same: false, likeness: 0.9 }
    expect(picked([candidate(1, { ...elsewhere, ...alike }), candidate(2, { ...alike, likeness: 0.4 })])).toEqual(["2", "1"])
  })

  it("puts the same branch first among equals, and keeps the order of arrival among the rest", () => {
    expect(picked([candidate(1, { branch: "next" }), candidate(2), candidate(3)])).toEqual(["2", "3", "1"])
  })

  it("puts what is nearer first among those that are only alike, and leaves out what shares no more than any two logs", () => {
    const alike = (n: number, likeness: number) => candidate(n, { same: false, likeness })
    expect(picked([alike(1, 0.5), alike(2, 0.29), alike(3, 0.8)])).toEqual(["3", "1"])
  })

  it("scores between 0 and 1, this very failure always above others", () => {
    const scores = [1.000001, 0, -0.2, undefined].flatMap((likeness) => [
      candidate(1, { likeness }),
      candidate(2, { likeness: likeness ?? 0.5, same: false }),
    ])
    for (const { memoryId, score } of scores.flatMap((one) => pickMatches([one], "main", 1))) {
      expect(score).toBeGreaterThanOrEqual(memoryId === "1" ? 0.7 : 0)
      expect(score).toBeLessThanOrEqual(memoryId === "1" ? 1 : 0.7)
    }
  })

  it("says of a rejected fix that it did not work, and why, in at most 300 letters", () => {
    const [match] = pickMatches([candidate(1, { outcome: "rejected", rejectedBecause: `still red ${"x".repeat(500)}` })], "main", 1)
    expect(match?.why).toMatch(/its fix was rejected, not to be repeated: still red x+$/u)
    expect(match?.why).not.toMatch(/merged|proven/u)
    expect(match?.why).toHaveLength(300)
  })
})
