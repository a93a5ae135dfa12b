import type { Page } from "playwright-core"
import { describe, expect, it } from "vitest"
import { rowsOf } from "./run-list.ts"
import type { World } from "./world.ts"

const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute("href"))

/** Needs at least three runs, some fixed, one of them of a repository called `live-list`. */
export const finding = (world: () => World) =>
  describe("finding a run", () => {
    it("keeps what is looked for in the address: it survives back, forward, a reload, and being sent to somebody", async () => {
      const { page, troubles, close } = await world().reviewer()
      await rowsOf(page).first().waitFor()
      const everything = await rowsOf(page).count()
      await page.getByRole("searchbox").fill("live-list")
      await expect.poll(() => rowsOf(page).count()).toBe(1)
      await expect.poll(() => new URL(page.url()).searchParams.get("text")).toBe("live-list")
      await rowsOf(page).first().getByRole("link").first().click()
      await page.waitForURL(/\/runs\//)
      await page.goBack()
      await expect.poll(() => rowsOf(page).count()).toBe(1)
      expect(await page.getByRole("searchbox").inputValue()).toBe("live-list")
      await page.reload()
      await expect.poll(() => rowsOf(page).count()).toBe(1)
      await page.getByRole("searchbox").fill("")
      await expect.poll(() => rowsOf(page).count()).toBe(everything)
      await page.goto("/?status=aborted&text=live-list")
      await page
        .getByText(/no run/i)
        .first()
        .waitFor()
      expect(troubles()).toEqual([])
      await close()
    })

    it("works without a mouse", async () => {
      const { page, troubles, close } = await world().reviewer()
      await rowsOf(page).first().waitFor()
      await page.keyboard.press("j")
      const first = await focused(page)
      await page.keyboard.press("j")
      const second = await focused(page)
      expect(second).not.toBe(first)
      await page.keyboard.press("k")
      expect(await focused(page)).toBe(first)
      await page.keyboard.press("Enter")
      await page.waitForURL(/\/runs\//)
      await page.keyboard.press("g")
      await page.keyboard.press("m")
      await page.getByRole("heading", { level: 1, name: "Metrics" }).waitFor()
      await page.keyboard.press("g")
      await page.keyboard.press("s")
      await page.getByRole("heading", { level: 1, name: "System" }).waitFor()
      await page.keyboard.press("g")
      await page.keyboard.press("r")
      await page.getByRole("heading", { level: 1, name: "Runs" }).waitFor()
      await page.keyboard.press("?")
      await page.getByRole("dialog").waitFor()
      await page.keyboard.press("Escape")
      await page.getByRole("dialog").waitFor({ state: "hidden" })
      await page.keyboard.press("/")
      expect(await page.getByRole("searchbox").evaluate((field) => field === document.activeElement)).toBe(true)
      await page.keyboard.press("Escape")
      await page.keyboard.press("Tab")
      expect(await page.evaluate(() => document.activeElement?.matches(":focus-visible"))).toBe(true)
      expect(troubles()).toEqual([])
      await close()
    })
  })
