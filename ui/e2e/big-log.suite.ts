import { untilPhase } from "@ci-fix-pilot/deploy/fleet/judge-run"
import type { Page } from "playwright-core"
import { describe, expect, it } from "vitest"
import { longestTask, watchTasks } from "./long-tasks.ts"
import { brokenBy, patience } from "./projects.ts"
import type { World } from "./world.ts"

const bytes = 100 * 1_024 * 1_024
const line = "2026-11-23T04:00:00.0000000Z ok 1234 - rounds as it always did, whatever is bought, and however many of it there are\n"
const end = "not ok 1 - adds up\n  error: 'Expected values to be strictly equal: -7 !== 7'\nthe very last line\n"

/** A frozen page, on any machine, however busy: a task that grows with the log takes longer than this (ms). */
const frozen = 500

const elements = (page: Page) => page.evaluate(() => document.querySelectorAll("*").length)

export const bigLog = (world: () => World) =>
  describe("a log of 100 MB", () => {
    it("opens and scrolls to its last line: the page holds the lines in sight and not many more", async () => {
      const { fleet, reviewer } = world()
      const log = line.repeat(Math.ceil(bytes / line.length)) + end
      const runId = await brokenBy(fleet, "big-log", { branch: "big", message: "Say a lot", login: "ada", log })
      await untilPhase(fleet, runId, patience)
      const { page, troubles, close } = await reviewer()
      await watchTasks(page)
      await page.goto(`/runs/${runId}`)
      const show = page.getByRole("button", { name: "Show the full log" })
      await show.waitFor()
      await longestTask(page)
      await show.click()
      const viewer = page.getByRole("region", { name: "Full log" })
      await viewer.getByText("rounds as it always did").first().waitFor({ timeout: patience })
      await viewer.focus()
      await expect
        .poll(
          async () => {
            await page.keyboard.press("End")
            return viewer.getByText("the very last line").count()
          },
          { timeout: patience },
        )
        .toBeGreaterThan(0)
      expect(await longestTask(page)).toBeLessThan(frozen)
      expect(await elements(page)).toBeLessThan(20_000)
      expect(troubles()).toEqual([])
      await close()
    })
  })
