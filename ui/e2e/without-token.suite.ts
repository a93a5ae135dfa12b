import { type Fleet, startFleet } from "@ci-fix-pilot/deploy/fleet/fleet"
import type { Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { broken, patience } from "./projects.ts"
import { rowsOf } from "./run-list.ts"
import { stands } from "./run-on-page.ts"
import { openVisitor } from "./visitor.ts"
import type { World } from "./world.ts"

/** As `npm start` begins on a machine of one's own: no token, and nobody who heals, so that runs stay where they are. */
export const withoutToken = (world: () => World) =>
  describe("a product without a token", () => {
    let fleet: Fleet
    beforeAll(async () => {
      fleet = await startFleet({ services: ["planner", "ingest", "api"] })
    })
    afterAll(() => fleet?.stop())

    const questionAt = async (page: Page, runId: string) => {
      await page.goto(`/runs/${runId}`)
      await page.getByRole("button", { name: "Abort", exact: true }).click()
      return page.getByRole("dialog", { name: "Abort" })
    }

    it("asks nobody to sign in, and who decides for a name: once, and it goes into the ledger", async () => {
      const [first = "", second = ""] = await Promise.all(["one", "two"].map((name) => broken(fleet, name)))
      const { page, troubles, close } = await openVisitor(world().browser, fleet.apiUrl)
      await page.goto("/")
      await expect.poll(() => rowsOf(page).count(), { timeout: patience }).toBe(2)
      await page.getByText("Live", { exact: true }).waitFor()
      expect(await page.getByRole("button", { name: /^Sign/ }).count()).toBe(0)
      const dialog = await questionAt(page, first)
      const name = dialog.getByLabel("Your name")
      await dialog.getByRole("button", { name: "Abort", exact: true }).click()
      expect(await name.evaluate((field) => field.matches(":invalid"))).toBe(true)
      await name.fill("ada")
      await dialog.getByRole("button", { name: "Abort", exact: true }).click()
      await stands(page, "Aborted", patience)
      const [given] = await fleet.database.sql`select data from run_event where run_id = ${first} and type = 'review-given'`
      expect(given?.["data"]).toMatchObject({ action: "abort", reviewer: "ada" })
      expect(await (await questionAt(page, second)).getByLabel("Your name").inputValue()).toBe("ada")
      expect(troubles()).toEqual([])
      await close()
    })
  })
