/** Pictures of a page as it stands, in both themes and two widths, and what is wrong with it in each. */
import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { checkout } from "@ci-fix-pilot/machine/process-tools"
import type { Page } from "playwright-core"
import { inaccessible } from "./axe.ts"

const folder = join(checkout(), ".out/screenshots")
const themes = ["light", "dark"] as const
const phone = { width: 390, height: 844 } as const
const desk = { width: 1440, height: 900 } as const
const narrowest = { width: 360, height: 800 } as const
const wall = { width: 3840, height: 2160 } as const

export interface Frame {
  /** Only what is in sight, not the whole page. */
  readonly over?: true
  /** CSS pixels from the top. */
  readonly atMost?: number
  /** One of many states of a page that is judged whole elsewhere: axe looks at each theme and each width once, not at each in each. */
  readonly variant?: true
}

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

const skeletons = (page: Page) => page.locator(".skeleton").count()

/** What is fetched when it is needed has come, and the page is drawn: there is no place-holder any more. */
const settled = async (page: Page) => {
  await page.waitForFunction(() => document.querySelector(".skeleton") === null)
  await page.evaluate(
    () =>
      new Promise<void>((drawn) => void document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => drawn())))),
  )
}

const take = async (page: Page, name: string, { over, atMost }: Frame) => {
  const width = page.viewportSize()?.width ?? 0
  if (over === undefined) await page.evaluate(() => scrollTo(0, 0))
  const height = await page.evaluate(() => document.documentElement.scrollHeight)
  const clip = atMost !== undefined && height > atMost ? { clip: { x: 0, y: 0, width, height: atMost } } : {}
  await page.screenshot({ path: join(folder, `${name}-${width}.png`), fullPage: over === undefined, ...clip })
}

const enough: ReadonlySet<string> = new Set([`light-${phone.width}`, `dark-${desk.width}`])

/** In every theme and width: pictured and complete; accessible by WCAG 2.2 AA; and no wider than the narrowest phone. Says what is wrong. */
export const picture = async (page: Page, name: string, frame: Frame = {}): Promise<ReadonlyArray<string>> => {
  mkdirSync(folder, { recursive: true })
  const wrong: Array<string> = []
  for (const size of [phone, desk])
    for (const colorScheme of themes) {
      const where = `${name}-${colorScheme}`
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize(size)
      await settled(page)
      await take(page, where, frame)
      if ((await skeletons(page)) > 0) wrong.push(`${where}-${size.width}: the picture shows a skeleton`)
      if (frame.variant === undefined || enough.has(`${colorScheme}-${size.width}`))
        wrong.push(...(await inaccessible(page)).map((line) => `${where}-${size.width}: ${line}`))
    }
  await page.setViewportSize(narrowest)
  const fits = await page.waitForFunction(isNarrow).catch(() => undefined)
  return fits === undefined ? [...wrong, `${name} is too wide for ${narrowest.width} px: ${await stickingOut(page)}`] : wrong
}

/** The narrowest phone and the widest screen, as they are seen. */
export const pictureExtremes = async (page: Page, name: string): Promise<void> => {
  await page.emulateMedia({ colorScheme: "light" })
  for (const size of [narrowest, wall]) {
    await page.setViewportSize(size)
    await settled(page)
    await take(page, `${name}-light`, { over: true })
  }
}
