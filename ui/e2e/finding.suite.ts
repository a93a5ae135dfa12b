import type { Page } from "playwright-core"
import { describe, expect, it } from "vitest"
import { isMarked, mark } from "./reloads.ts"
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
      await mark(page)
      await rowsOf(page).first().getByRole("link").first().click()
      await page.waitForURL(/\/runs\//)
      await page.goBack()
      await expect.poll(() => rowsOf(page).count()).toBe(1)
      expect(await page.getByRole("searchbox").inputValue()).toBe("live-list")
      expect(await isMarked(page)).toBe(true)
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

    it("shows the page that was asked for last, whichever comes last", async () => {
      const { page, troubles, close } = await world().reviewer()
      const held = Promise.withResolvers<void>()
      await page.route("**/assets/SystemPage-*.js", async (route) => {
        await held.promise
        await route.continue()
      })
      await page.getByRole("link", { name: "System" }).click()
      await page.waitForURL("**/system")
      await page.getByRole("link", { name: "Metrics", exact: true }).click()
      const metrics = page.getByRole("heading", { level: 1, name: "Metrics" })
      await metrics.waitFor()
      const late = page.waitForResponse(/SystemPage-.*js/)
      held.resolve()
      await page.evaluate(`import(${JSON.stringify((await late).url())}).then(() => undefined)`)
      await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))))
      expect(await metrics.count()).toBe(1)
      expect(troubles()).toEqual([])
      await close()
    })

    it("works without a mouse", async () => {
      const { page, troubles, close } = await world().reviewer()
      await rowsOf(page).first().waitFor()
      await mark(page)
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
      await page.keyboard.type("live-list")
      await page.keyboard.press("Escape")
      await expect.poll(() => new URL(page.url()).search).toBe("?text=live-list")
      expect(await page.getByRole("searchbox").inputValue()).toBe("live-list")
      await expect.poll(() => rowsOf(page).count()).toBe(1)
      await rowsOf(page).first().getByRole("link").first().click()
      await page.waitForURL(/\/runs\//)
      await page.keyboard.press("Escape")
      await expect.poll(() => new URL(page.url()).search).toBe("?text=live-list")
      expect(await isMarked(page)).toBe(true)
      await page.keyboard.press("Tab")
      expect(await page.evaluate(() => document.activeElement?.matches(":focus-visible"))).toBe(true)
      expect(troubles()).toEqual([])
      await close()
    })

    it.each([390, 1440])("hides nothing that has the focus under the header, %d px wide", async (width) => {
      const { page, close } = await world().reviewer({ viewport: { width, height: 400 } })
      await rowsOf(page).nth(2).waitFor()
      await page.getByText("Live", { exact: true }).waitFor()
      await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight))
      await rowsOf(page).last().getByRole("link").last().focus()
      const hidden = () =>
        page.evaluate(() => {
          const header = document.querySelector("header")?.getBoundingClientRect().bottom ?? 0
          const focused = document.activeElement
          return focused?.closest("#main") && focused.getBoundingClientRect().bottom <= header ? focused.outerHTML.slice(0, 200) : ""
        })
      const under = []
      for (let n = 0; n < 12; n += 1) {
        await page.keyboard.press("Shift+Tab")
        under.push(await hidden())
      }
      expect(under.filter((one) => one !== "")).toEqual([])
      await close()
    })
  })
