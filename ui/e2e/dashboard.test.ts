import { afterAll, beforeAll } from "vitest"
import { actions } from "./actions.suite.ts"
import { bigLog } from "./big-log.suite.ts"
import { finding } from "./finding.suite.ts"
import { healing } from "./healing.suite.ts"
import { hostile } from "./hostile.suite.ts"
import { looks } from "./looks.suite.ts"
import { many } from "./many.suite.ts"
import { notified } from "./notifications.suite.ts"
import { reconnect } from "./reconnect.suite.ts"
import { session } from "./session.suite.ts"
import { withoutToken } from "./without-token.suite.ts"
import { startWorld, type World } from "./world.ts"

let world: World
const theWorld = () => world

beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world?.stop())

// In this order: what comes first makes the runs that the next ones look at, and the crowds come last.
healing(theWorld)
actions(theWorld)
reconnect(theWorld)
session(theWorld)
finding(theWorld)
looks(theWorld)
notified(theWorld)
withoutToken(theWorld)
hostile(theWorld)
bigLog(theWorld)
many(theWorld)
