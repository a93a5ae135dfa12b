import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { openCommands, untilDelivered } from "../fleet/deliveries.ts"
import { type Fleet, startFleet } from "../fleet/fleet.ts"
import { judgeAtRest, runIdFor, untilPhase } from "../fleet/judge-run.ts"
import { waitUntil } from "../fleet/ledger-of.ts"
import { review } from "../fleet/review.ts"
import { armed } from "./armed-service.ts"
import { type CrashRound, crashRounds } from "./crash-plan.ts"
import { breakProject, makeProject } from "./small-project.ts"

const within = 120_000
let fleet: Fleet

beforeAll(async () => {
  fleet = await startFleet({ settings: { CI_HEALING_SANDBOX: "bubblewrap", CI_HEALING_RUNS_PER_REPOSITORY: "9" } })
})
afterAll(() => fleet?.stop())

describe("a fleet whose services are killed with -9", () => {
  it.each(crashRounds())("loses and doubles nothing: $name, $review, $crashes.length crashes", async (round) => {
    const repository = await makeProject(fleet, round.name.replace(" ", "-"))
    // Each in a service of its own: none has to wait for another one to start.
    const dying = await Promise.all(round.crashes.map(async (crash) => ({ crash, armed: await armed(fleet, crash) })))
    const deaths = dying.map(({ crash, armed: { death } }) => death.then((said) => ({ point: crash.point, said })))
    const sha = await breakProject(fleet, repository)
    await untilDelivered(fleet, within)
    const runId = await runIdFor(fleet, repository, sha, within)
    await untilPhase(fleet, runId, within, new Set(["fixed"]))
    const isOutdone = isToldByGitHub(round)
    if (isOutdone) await fleet.process("ingest").stop()
    expect((await review(fleet, runId, round.review, `key-${runId}`)).status).toBeLessThan(300)
    await untilPhase(fleet, runId, within, new Set(["resolved", "escalated"]))
    await waitUntil("all commands to be answered", async () => ((await openCommands(fleet, runId)) === 0 ? true : undefined), within)
    for (const { point, said } of await Promise.all(deaths)) expect(said).toContain(`"crash point reached","point":"${point}"`)
    if (isOutdone) await fleet.start("ingest")
    await untilDelivered(fleet, within)
    expect(await judgeAtRest(fleet, runId)).toEqual([])
  })
})

/**
 * Whether somebody is to die in the midst of what GitHub tells about by itself. Who hears of it ends the command, and whoever works on it
 * would be stopped before the place where he is to die: in such a round nobody listens meanwhile.
 */
const isToldByGitHub = ({ crashes }: CrashRound) => crashes.some(({ point }) => /^github\.(merge|close)-pull-request:/u.test(point))
