import type { Page } from "playwright-core"
import { describe, expect, it } from "vitest"
import { brokenBy, patience } from "./projects.ts"
import { isMarked, mark } from "./reloads.ts"
import { signIn } from "./sign-in.ts"
import type { World } from "./world.ts"

const stranger = {
  branch: "idea",
  message: "An idea",
  login: "mallory",
  log: "not ok 1 - adds up\n##[error]Process completed with exit code 1.\n",
}

/** A browser without a screen shows no notifications: it keeps those that it is given, and lets them be clicked. */
const keepNotifications = () => {
  const kept: Array<EventTarget> = []
  class Kept extends EventTarget {
    static permission = "default"
    static requestPermission = async () => {
      Kept.permission = "granted"
      return Kept.permission
    }
    onclick: (() => void) | undefined
    readonly said: string
    constructor(title: string, { body, tag }: NotificationOptions) {
      super()
      this.said = `${title}: ${body} (${tag})`
      kept.push(this)
    }
    close() {
      this.dispatchEvent(new Event("close"))
    }
  }
  Object.assign(window, { Notification: Kept, __notifications: kept })
}
const notifications = (page: Page): Promise<ReadonlyArray<string>> =>
  page.evaluate(() => [...Reflect.get(window, "__notifications")].map((one) => String(Reflect.get(one, "said"))))

export const notified = (world: () => World) =>
  describe("a reviewer who wants to be told", () => {
    it("hears of each run that begins to wait for her, once she has asked for it, and is led there", async () => {
      const { fleet, token } = world()
      const { page, troubles, close } = await world().stranger()
      await page.addInitScript(keepNotifications)
      await signIn(page, token, "grace")
      await page.getByText("Live", { exact: true }).waitFor()
      await page.getByRole("button", { name: "Notify me when a run needs approval" }).click()
      await page.getByRole("button", { name: "Notifications are on", pressed: true }).waitFor()
      await mark(page)
      const runId = await brokenBy(fleet, "tells", stranger)
      await expect.poll(() => notifications(page), { timeout: patience }).toHaveLength(1)
      expect((await notifications(page))[0]).toContain(`tells needs your approval: `)
      expect((await notifications(page))[0]).toContain(runId)
      await page.evaluate(() => Reflect.get(window, "__notifications")[0].onclick())
      await page.getByRole("region", { name: "It waits for you" }).waitFor()
      expect([new URL(page.url()).pathname, await isMarked(page)]).toEqual([`/runs/${runId}`, true])
      expect(troubles()).toEqual([])
      await close()
    })
  })
