/** A short round by default; `CHAOS_SECONDS=3600 CHAOS_SEED=7 npm test -- --lane chaos` for a long one. The seed is printed with a failure. */
import { type Draw, drawing } from "@ci-fix-pilot/lifecycle/drawing"
import { Config, Effect } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { breakProject, makeProject } from "../e2e/small-project.ts"
import { untilDelivered } from "../fleet/deliveries.ts"
import { type Fleet, startFleet } from "../fleet/fleet.ts"
import { judgeAtRest, runIdFor, untilPhase } from "../fleet/judge-run.ts"
import { review } from "../fleet/review.ts"
import { breakSomething } from "./mischief.ts"

const settings = Effect.runSync(
  Config.all({
    seconds: Config.Int("CHAOS_SECONDS").pipe(Config.withDefault(45)),
    seed: Config.Int("CHAOS_SEED").pipe(Config.withDefault(20_261_123)),
  }),
)
const within = 180_000
let fleet: Fleet

beforeAll(async () => {
  fleet = await startFleet({ settings: { CI_HEALING_SANDBOX: "bubblewrap" } })
})
afterAll(() => fleet?.stop())

/** A life that fails is told at the end, with the others. */
const watched = <A>(life: Promise<A>) => {
  life.catch(() => {})
  return life
}

/** One project's life, with a reviewer who does what the draw says. */
const live = async (n: number, draw: Draw) => {
  const action = (["approve", "deny", "abort", "human-fix"] as const)[draw(4)] ?? "approve"
  const early = draw(3) === 0
  const repository = await makeProject(fleet, `chaos-${n}`)
  const sha = await breakProject(fleet, repository)
  await untilDelivered(fleet, within)
  const runId = await runIdFor(fleet, repository, sha, within)
  if (!early) await untilPhase(fleet, runId, within)
  await review(fleet, runId, action, `key-${runId}`, 400)
  await untilPhase(fleet, runId, within)
  return runId
}

describe("a fleet to which everything happens at once", () => {
  it(`keeps every invariant (seed ${settings.seed}, ${settings.seconds} s)`, async () => {
    const draw = drawing(settings.seed)
    const end = performance.now() + settings.seconds * 1_000
    const happened: Array<string> = []
    const lives: Array<Promise<string>> = []
    while (performance.now() < end) {
      if (lives.length < settings.seconds / 6) lives.push(watched(live(lives.length, drawing(settings.seed + lives.length))))
      happened.push(await breakSomething(fleet, draw))
    }
    await fleet.forge.clearFaults()
    const runs = await Promise.all(lives)
    const after = `after ${happened.join(", ")}`
    for (const runId of runs) expect(await judgeAtRest(fleet, runId), after).toEqual([])
    expect(new Set(runs).size).toBe(lives.length)
  })
})
