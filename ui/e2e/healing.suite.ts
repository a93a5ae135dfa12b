import { mkdirSync } from "node:fs"
import { dirname, join } from "node:path"
import { checkout } from "@ci-fix-pilot/machine/process-tools"
import { describe, expect, it } from "vitest"
import { broken, patience } from "./projects.ts"
import { isMarked, mark } from "./reloads.ts"
import { rowOf } from "./run-list.ts"
import { entriesOnPage, ledgerSize, stands } from "./run-on-page.ts"
import type { World } from "./world.ts"

/** What README shows: `CI_HEALING_TEST_PICTURE=docs/images/healed-run.png npm test -- --lane browser` makes it anew. */
const picture = join(checkout(), Bun.env["CI_HEALING_TEST_PICTURE"] ?? ".out/screenshots/healed-run.png")

export const healing = (world: () => World) =>
  describe("a run that heals while the page is open", () => {
    it("appears in the list and becomes fixed there, without a reload", async () => {
      const { fleet, reviewer } = world()
      const { page, troubles, close } = await reviewer()
      await mark(page)
      await broken(fleet, "live-list")
      const row = rowOf(page, "live-list")
      await row.waitFor({ timeout: patience })
      await row.getByText("Fixed", { exact: true }).waitFor({ timeout: patience })
      expect(await isMarked(page)).toBe(true)
      expect(troubles()).toEqual([])
      await close()
    })

    it("tells its story on its own page as it happens, entry by entry", async () => {
      const { fleet, reviewer } = world()
      const { page, troubles, close } = await reviewer({ viewport: { width: 1180, height: 820 }, colorScheme: "light" })
      const runId = await broken(fleet, "pricing")
      await page.goto(`/runs/${runId}`)
      await mark(page)
      await stands(page, "Fixed", patience)
      await page
        .getByRole("link", { name: /pull request/i })
        .first()
        .waitFor()
      expect(await isMarked(page)).toBe(true)
      // The ledger may grow until the page is asked: both are read again.
      await expect.poll(async () => (await ledgerSize(fleet, runId)) - (await entriesOnPage(page)), { timeout: patience }).toBe(0)
      mkdirSync(dirname(picture), { recursive: true })
      await page.screenshot({ path: picture })
      expect(troubles()).toEqual([])
      await close()
    })
  })
