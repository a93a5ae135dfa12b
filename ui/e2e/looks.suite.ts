import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { checkout } from "@ci-fix-pilot/testkit/process-tools"
import type { Page } from "playwright-core"
import { describe, expect, it } from "vitest"
import { inaccessible } from "./axe.ts"
import { type Look, pagesOf, signInPage } from "./pages.ts"
import type { World } from "./world.ts"

const folder = join(checkout(), ".out/screenshots")
const themes = ["light", "dark"] as const
const widths = [390, 1440] as const
const narrowest = 360

/** Nothing has to be scrolled sideways; charts take a moment to follow. */
const isNarrow = () => document.documentElement.scrollWidth <= document.documentElement.clientWidth

/** The innermost elements that end right of the page. */
const stickingOut = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
      .slice(-3)
      .map(({ tagName, className }) => `${tagName}.${String(className)}`)
      .join(", "),
  )

/** Looks at one page in every width; says what is wrong with it, and pictures it. */
const lookAt = async (page: Page, { name, path, ready }: Look, theme: string): Promise<ReadonlyArray<string>> => {
  const wrong: Array<string> = []
  await page.goto(path)
  await ready(page)
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 })
    await page.screenshot({ path: join(folder, `${name}-${theme}-${width}.png`), fullPage: true })
    wrong.push(...(await inaccessible(page)).map((line) => `${name} at ${width} px: ${line}`))
  }
  await page.setViewportSize({ width: narrowest, height: 800 })
  const fits = await page.waitForFunction(isNarrow).catch(() => undefined)
  return fits === undefined ? [...wrong, `${name} is too wide for ${narrowest} px: ${await stickingOut(page)}`] : wrong
}

/** Every page, as it stands with a run of every kind. */
export const looks = (world: () => World) =>
  describe.each(themes)("every page in the %s theme", (colorScheme) => {
    it("is accessible by WCAG 2.2 AA, fits 360 px, and is pictured at 390 and 1440 px", async () => {
      mkdirSync(folder, { recursive: true })
      const { page, troubles, close } = await world().reviewer({ colorScheme, reducedMotion: "reduce" })
      const wrong: Array<string> = []
      for (const look of await pagesOf(world())) wrong.push(...(await lookAt(page, look, colorScheme)))
      expect([...wrong, ...troubles()]).toEqual([])
      await close()
    })

    it("the sign-in page too", async () => {
      mkdirSync(folder, { recursive: true })
      const { page, close } = await world().stranger({ colorScheme, reducedMotion: "reduce" })
      expect(await lookAt(page, signInPage, colorScheme)).toEqual([])
      await close()
    })
  })
