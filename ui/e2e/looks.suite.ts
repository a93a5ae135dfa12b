import { seedRuns } from "@ci-fix-pilot/deploy/fleet/seed-runs"
import type { Page } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Look, looks as pages, signInPage } from "./pages.ts"
import { picture, pictureExtremes } from "./picture.ts"
import { shownLives } from "./shown-lives.ts"
import { shownMonth } from "./shown-month.ts"
import type { Visitor } from "./visitor.ts"
import type { World } from "./world.ts"

const extremes: ReadonlySet<string> = new Set(["runs", "run-fixed"])
const calm = { reducedMotion: "reduce" } as const

const lookAt = async (world: World, page: Page, { path, ready, leave, name, ...frame }: Look): Promise<ReadonlyArray<string>> => {
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.goto(typeof path === "string" ? path : await path(world))
  await ready(page)
  const wrong = await picture(page, name, frame)
  if (extremes.has(name)) await pictureExtremes(page, name)
  await leave?.(page)
  return wrong
}

/** Every page in every state, with what the suites before have left and a month of others' runs. */
export const looks = (world: () => World) =>
  describe("how it looks", () => {
    let reviewer: Visitor
    beforeAll(async () => {
      await seedRuns(world().fleet.database.sql, [...shownLives, ...shownMonth])
      reviewer = await world().reviewer(calm)
    })
    afterAll(() => reviewer?.close())

    it.each(pages)("$name: complete, accessible by WCAG 2.2 AA in both themes, and no wider than 360 px", async (look) => {
      expect(await lookAt(world(), reviewer.page, look)).toEqual([])
      expect(reviewer.troubles()).toEqual([])
    })

    it("the sign-in page too", async () => {
      const { page, close } = await world().stranger(calm)
      expect(await lookAt(world(), page, signInPage)).toEqual([])
      await close()
    })
  })
