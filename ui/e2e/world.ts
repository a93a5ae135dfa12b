/** The product as it runs for a team, and browsers that look at it. */
import { launchChromium } from "@ci-fix-pilot/deploy/browser/launch-chromium"
import { type Fleet, startFleet } from "@ci-fix-pilot/deploy/fleet/fleet"
import { provideDashboard } from "@ci-fix-pilot/deploy/provision"
import type { Browser, BrowserContextOptions } from "playwright-core"
import { signIn } from "./sign-in.ts"
import { openVisitor, type Visitor } from "./visitor.ts"

export interface World {
  readonly fleet: Fleet
  readonly browser: Browser
  /** What the api asks for. */
  readonly token: string
  /** Somebody who has not signed in. */
  readonly stranger: (options?: BrowserContextOptions) => Promise<Visitor>
  /** Grace, a reviewer, signed in. */
  readonly reviewer: (options?: BrowserContextOptions) => Promise<Visitor>
  readonly stop: () => Promise<void>
}

/** Starts the fleet with its forge and one Chromium. */
export const startWorld = async (): Promise<World> => {
  await provideDashboard()
  const token = crypto.randomUUID()
  const fleet = await startFleet({ settings: { CI_HEALING_SANDBOX: "bubblewrap", CI_HEALING_API_TOKEN: token } })
  const browser = await launchChromium().catch(async (error: unknown) => {
    await fleet.stop()
    throw error
  })
  const stranger: World["stranger"] = (options) => openVisitor(browser, fleet.apiUrl, options)
  return {
    fleet,
    browser,
    token,
    stranger,
    reviewer: async (options) => {
      const visitor = await stranger(options)
      await signIn(visitor.page, token, "grace")
      return visitor
    },
    stop: async () => {
      await browser.close()
      await fleet.stop()
    },
  }
}
