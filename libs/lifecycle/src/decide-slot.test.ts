import { expect, it } from "vitest"
import { decide } from "./decide.ts"
import { noFacts } from "./input.ts"
import { defaultPolicy } from "./policy.ts"
import { evolve, type Run } from "./run.ts"

const target = { provider: "github", repository: "acme/shop", branch: "main", commitSha: "c".repeat(40) } as const
const queued: Run = evolve(undefined, { type: "ci-failed", data: { target, title: "CI failed" } })
const whenFree = (activeInRepository: number) =>
  decide(queued, { kind: "slot-free" }, { ...noFacts, activeInRepository }, defaultPolicy).map(({ type }) => type)

it("starts a queued run in a free slot, and leaves it queued when another took the slot meanwhile", () => {
  expect(whenFree(defaultPolicy.runsPerRepository - 1)).toEqual(["fetch-started"])
  expect(whenFree(defaultPolicy.runsPerRepository)).toEqual([])
})
