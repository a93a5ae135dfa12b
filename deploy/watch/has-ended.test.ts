import { phases } from "@ci-fix-pilot/contract/phases"
import { expect, it } from "vitest"
import { hasEnded } from "./has-ended.ts"

it("is over at each stop, and where only a person can go on", () => {
  const going = ["queued", "fetching", "reproducing", "diagnosing", "recalling", "proposing", "validating", "delivering"]
  expect(phases.filter((phase) => !hasEnded(phase))).toEqual(going)
})
