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
      const upTo = (size: number) => Array.from({ length: size }, (_, index) => index + 1)
      // The ledger may grow until the page is asked: both are read again.
      const both = async () => [await ledgerSize(fleet, runId), (await seqsOnPage(page)).toSorted((a, b) => a - b)] as const
      await expect.poll(both, { timeout: patience }).toSatisfy(([size, seqs]) => Bun.deepEquals(seqs, upTo(size)))
      await close()
    })
  })
