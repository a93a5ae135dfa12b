import { untilPhase } from "@ci-fix-pilot/deploy/fleet/judge-run"
import { describe, expect, it } from "vitest"
import { broken, patience } from "./projects.ts"
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
      const all = Array.from({ length: await ledgerSize(fleet, runId) }, (_, index) => index + 1)
      await expect.poll(async () => (await seqsOnPage(page)).toSorted((a, b) => a - b), { timeout: patience }).toEqual(all)
      await close()
    })
  })
