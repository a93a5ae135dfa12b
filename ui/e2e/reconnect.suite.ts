import { untilPhase } from "@ci-fix-pilot/deploy/fleet/judge-run"
import { describe, expect, it } from "vitest"
import { broken, patience } from "./projects.ts"
import { isMarked, mark } from "./reloads.ts"
import { rowOf, rowsOf } from "./run-list.ts"
import { ledgerSize, seqsOnPage } from "./run-on-page.ts"
import type { World } from "./world.ts"

export const reconnect = (world: () => World) =>
  describe("a server that is killed and comes back", () => {
    it("is said to be away, and then nothing is missing and nothing is there twice", async () => {
      const { fleet, reviewer } = world()
      const { page, close } = await reviewer()
      const runId = await broken(fleet, "killed-api")
      await page.goto(`/runs/${runId}`)
      await page.locator("[data-seq]").first().waitFor({ timeout: patience })
      await fleet.kill("api")
      await page.getByText(/Reconnecting/).waitFor({ timeout: patience })
      await untilPhase(fleet, runId, patience)
      await fleet.start("api")
      await page.getByText("Live", { exact: true }).waitFor({ timeout: patience })
      const upTo = (size: number) => Array.from({ length: size }, (_, index) => index + 1)
      // The ledger may grow until the page is asked: both are read again.
      const both = async () => [await ledgerSize(fleet, runId), (await seqsOnPage(page)).toSorted((a, b) => a - b)] as const
      await expect.poll(both, { timeout: patience }).toSatisfy(([size, seqs]) => Bun.deepEquals(seqs, upTo(size)))
      await close()
    })

    it("has its list brought up to date without a load, and says when it came back as another build", async () => {
      const { fleet, reviewer } = world()
      const { page, close } = await reviewer()
      await page.getByText("Live", { exact: true }).waitFor()
      const before = await rowsOf(page).count()
      await mark(page)
      await fleet.kill("api")
      await page.getByText(/Reconnecting/).waitFor({ timeout: patience })
      await untilPhase(fleet, await broken(fleet, "meanwhile"), patience)
      const other = `<!doctype html><script type="module" src="/assets/index-of-another-build.js"></script>`
      await page.route("**/system", (route) => route.fulfill({ contentType: "text/html", body: other }))
      await fleet.start("api")
      const row = rowOf(page, "meanwhile")
      await row.getByText("Fixed", { exact: true }).waitFor({ timeout: patience })
      expect([await row.count(), await rowsOf(page).count(), await isMarked(page)]).toEqual([1, before + 1, true])
      const hint = page.getByRole("button", { name: "New version: reload" })
      await hint.click()
      await expect.poll(() => isMarked(page).catch(() => true)).toBe(false)
      await page.getByText("Live", { exact: true }).waitFor()
      expect(await hint.count()).toBe(0)
      await close()
    })

    it("is told from a network that is gone: that is said at once, and what happened meanwhile comes with it", async () => {
      const { fleet, reviewer } = world()
      const { page, close } = await reviewer()
      const live = page.getByText("Live", { exact: true })
      await live.waitFor()
      await page.context().setOffline(true)
      await page.getByText("Offline", { exact: true }).waitFor({ timeout: 2_000 })
      await untilPhase(fleet, await broken(fleet, "offline"), patience)
      await page.context().setOffline(false)
      await live.waitFor({ timeout: patience })
      await rowOf(page, "offline").getByText("Fixed", { exact: true }).waitFor({ timeout: patience })
      await close()
    })
  })
