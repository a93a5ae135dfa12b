import { drawing } from "@ci-fix-pilot/lifecycle/drawing"
import { describe, expect, it } from "vitest"
import { Arrivals, policyOf } from "./batch-arrivals.suite.ts"
import { applyTo, emptyWorld } from "./batch-world.suite.ts"
import { type PlannedBatch, planBatch } from "./plan-batch.ts"
import { recentRuns } from "./RecentRuns.ts"

/**
 * Lives through a history of which another planner applied a part. `wrong`: what is recalled of a command, and would be written by the
 * comparison that `apply_batch` makes, though it is not what stands.
 */
const recall = (seed: number) => {
  const draw = drawing(seed)
  const policy = policyOf(draw)
  const arrivals = new Arrivals(draw)
  const recent = recentRuns()
  const seen = { right: 0, outdated: 0, wrong: [] as unknown[] }
  let world = emptyWorld
  for (let left = 20; left > 0; left -= 1) {
    const { world: before, items } = arrivals.batch(world)
    let planned: PlannedBatch | undefined
    const remembering: typeof planBatch = (...args) => (planned = planBatch(...args))
    world = applyTo(before, items, policy, remembering)
    if (planned !== undefined && draw(4) > 0) recent.remember(planned)
    for (const { command: _, reservedUsd, delayMs, deadlineMs, closedAs, ...stands } of world.commands.values()) {
      const known = recent.recall(stands.runId, `${stands.commandId}#1`)
      const run = world.runs.get(stands.runId)
      if (known === undefined) continue
      const { seq, dispatch, tries, open } = { ...known.run, ...known.command }
      const isWritten = Bun.deepEquals([seq, dispatch, tries, open], [run?.seq, stands.dispatch, stands.tries, stands.open])
      if (!isWritten) seen.outdated += 1
      else if (Bun.deepEquals([known.run.state, known.command], [run?.state, stands])) seen.right += 1
      else seen.wrong.push({ seed, known, run, stands })
    }
  }
  return seen
}

describe("what is remembered of a run", () => {
  it("is what stands, or is found to be outdated, whatever another planner and the leases changed meanwhile", () => {
    const seen = Array.from({ length: 400 }, (_, seed) => recall(seed))
    expect(seen.flatMap(({ wrong }) => wrong)).toEqual([])
    expect(seen.filter(({ right }) => right > 0).length).toBeGreaterThan(300)
    expect(seen.filter(({ outdated }) => outdated > 0).length).toBeGreaterThan(100)
  })
})
