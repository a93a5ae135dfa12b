import type { Fleet } from "../fleet/fleet.ts"
import type { CrashRound } from "./crash-plan.ts"

/** Starts a service armed to die at a place; brings it back when it has. `death` resolves with what it said as it died. */
export const armed = async (fleet: Fleet, { service, point }: CrashRound["crashes"][number]) => {
  await fleet.process(service).stop()
  await fleet.start(service, { CI_HEALING_TEST_CRASH_AT: point })
  const process = fleet.process(service)
  const death = process.exited.then(async () => {
    const said = process.output()
    await fleet.start(service)
    return said
  })
  // In a box of its own, so that waiting for the start is not waiting for the death.
  return { death }
}
