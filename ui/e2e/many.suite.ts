import type { Life } from "@ci-fix-pilot/deploy/fleet/seed-runs"
import { seedRuns } from "@ci-fix-pilot/deploy/fleet/seed-runs"
import { ciFailed, runIdOf } from "@ci-fix-pilot/testkit/scripted-answers"
import type { Page } from "playwright-core"
import { describe, expect, it } from "vitest"
import { longestTask, watchTasks } from "./long-tasks.ts"
import { broken, patience } from "./projects.ts"
import { rowOf, rowsOf } from "./run-list.ts"
import type { World } from "./world.ts"

const count = 10_000
const firstRun = 0x800_000
/** A frozen page, on any machine: a task that grows with the ten thousand takes longer than this (ms). */
const frozen = 1_000

const lives = (): ReadonlyArray<Life> =>
  Array.from({ length: count }, (_, n) => {
    const failed = ciFailed(firstRun + n)
    return {
      runId: runIdOf(firstRun + n),
      ago: 86_400 + n * 60,
      events: [
        {
          type: "ci-failed",
          data: { ...failed, target: { ...failed.target, repository: `many/shop-${n % 40}` }, title: `Change number ${n}` },
        },
        ...(n % 3 === 0
          ? [{ type: "resolved", data: { how: "human-fix", by: "ada" } } as const]
          : [{ type: "marked-flaky", data: { passed: 3, of: 3 } } as const]),
      ],
    }
  })

const elements = (page: Page) => page.evaluate(() => document.querySelectorAll("*").length)

export const many = (world: () => World) =>
  describe(`${count} runs`, () => {
    it("are listed page by page: the page holds few of them, and goes on living while runs change", async () => {
      const { fleet, reviewer } = world()
      await seedRuns(fleet.database.sql, lives())
      const { page, troubles, close } = await reviewer()
      await watchTasks(page)
      await page.goto("/?text=Change+number")
      await page
        .getByText(/10[,.\u202f\u00a0 ]?000/)
        .first()
        .waitFor()
      const rows = await rowsOf(page).count()
      expect(rows).toBeGreaterThan(0)
      expect(rows).toBeLessThanOrEqual(100)
      const before = await elements(page)
      for (let n = 0; n < 5; n += 1) {
        const top = await rowsOf(page).first().textContent()
        await page.getByRole("link", { name: /next|older/i }).click()
        await expect.poll(() => rowsOf(page).first().textContent()).not.toBe(top)
      }
      expect(await elements(page)).toBeLessThan(before * 1.5)
      expect(await longestTask(page)).toBeLessThan(frozen)
      await page.goto("/")
      await broken(fleet, "among-many")
      const row = rowOf(page, "among-many")
      await row.waitFor({ timeout: patience })
      await row.getByText("Fixed", { exact: true }).waitFor({ timeout: patience })
      expect(await longestTask(page)).toBeLessThan(frozen)
      expect(troubles()).toEqual([])
      await close()
    })
  })
