import { Service } from "@ci-fix-pilot/contract/ids"
import type { Draw } from "@ci-fix-pilot/lifecycle/drawing"
import type { Fleet } from "../fleet/fleet.ts"
import { faultKinds } from "../forge/http/faults.ts"

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

const drawnService = (draw: Draw): Service => Service.literals[draw(Service.literals.length)] ?? "planner"

const killService = async (fleet: Fleet, draw: Draw) => {
  const service = drawnService(draw)
  await fleet.kill(service)
  await pause(draw(1_500))
  await fleet.start(service)
  return `kill -9 ${service}`
}

const stopService = async (fleet: Fleet, draw: Draw) => {
  const service = drawnService(draw)
  await fleet.process(service).stop()
  await fleet.start(service)
  return `restart ${service}`
}

const freezeService = async (fleet: Fleet, draw: Draw) => {
  const service = drawnService(draw)
  const frozen = fleet.process(service)
  frozen.signal("SIGSTOP")
  await pause(500 + draw(4_000))
  frozen.signal("SIGCONT")
  return `freeze ${service}`
}

const freezeBroker = async (fleet: Fleet, draw: Draw) => {
  fleet.nats.freeze()
  await pause(500 + draw(2_500))
  fleet.nats.thaw()
  return "freeze the broker"
}

const wipeBroker = async (fleet: Fleet) => {
  await fleet.nats.wipe()
  return "delete the broker's store"
}

const killDatabase = async (fleet: Fleet) => {
  await fleet.database.kill()
  await fleet.database.start()
  return "kill the database"
}

const breakRoutes = async (fleet: Fleet, draw: Draw) => {
  const routes = await fleet.forge.routes()
  const kind = faultKinds[draw(faultKinds.length)] ?? "bad-gateway"
  for (let count = 0; count < 4; count += 1)
    await fleet.forge.setFault({ route: routes[draw(routes.length)] ?? "*", kind, afterMs: 300, retryAfterSeconds: 1 })
  await fleet.forge.setFault({ route: "*", kind, skip: draw(20), afterMs: 300, retryAfterSeconds: 1 })
  return `${kind} from GitHub`
}

const mischiefs = [
  killService,
  killService,
  killService,
  stopService,
  freezeService,
  freezeBroker,
  wipeBroker,
  killDatabase,
  breakRoutes,
  breakRoutes,
]

/** Breaks something, and mends it. Gives what it was. */
export const breakSomething = async (fleet: Fleet, draw: Draw): Promise<string> => {
  const mischief = mischiefs[draw(mischiefs.length)] ?? killService
  const what = await mischief(fleet, draw)
  await pause(200 + draw(1_200))
  return what
}
