import { untilPhase } from "@ci-fix-pilot/deploy/fleet/judge-run"
import { seedRuns } from "@ci-fix-pilot/deploy/fleet/seed-runs"
import type { Locator, Page } from "playwright-core"
import { describe, expect, it } from "vitest"
import { hostileLives, perRun } from "./hostile-lives.ts"
import { payloads } from "./payloads.ts"
import { brokenBy, patience } from "./projects.ts"
import { rowsOf } from "./run-list.ts"
import { openVisitor } from "./visitor.ts"
import type { World } from "./world.ts"

/** Runs on one page of the list. */
const pageSize = 50

/** A log is shown as a terminal would: its escapes are colours, not letters. */
const withoutEscapes = (text: string) => text.replaceAll("\u001b[31m", "").replaceAll("\u001b]8;;javascript:0\u0007", "")

const isAtEnd = (box: Element) => box.scrollTop + box.clientHeight >= box.scrollHeight - 1

/** Reads a log from its first line to its last, as a person does who turns its pages, and again as long as lines are missing. */
const readLog = async (page: Page, viewer: Locator): Promise<void> => {
  const seen = new Set<string>()
  await viewer.focus()
  const look = async () => {
    for (const line of await viewer.locator("[data-n]").allTextContents()) seen.add(line)
    await page.keyboard.press((await viewer.evaluate(isAtEnd)) ? "Home" : "PageDown")
    return payloads.filter((text) => ![...seen].some((line) => line.includes(withoutEscapes(text))))
  }
  await expect.poll(look, { timeout: patience }).toEqual([])
}

export const hostile = (world: () => World) =>
  describe(`${payloads.length} texts that would run as code`, () => {
    it("do run in a page that shows them as HTML: the alarm works", async () => {
      const { browser, fleet } = world()
      const { page, troubles, close } = await openVisitor(browser, fleet.apiUrl)
      await page.route("**/unguarded", (route) => route.fulfill({ contentType: "text/html", body: payloads[4] ?? "" }))
      await page.goto("/unguarded")
      await expect.poll(troubles).toContain("ran: 4")
      await close()
    })

    it("are shown letter by letter in the list, and none runs", async () => {
      const { fleet, reviewer } = world()
      const lives = hostileLives()
      await seedRuns(fleet.database.sql, lives)
      const { page, troubles, close } = await reviewer()
      let shown = ""
      for (let n = 1; n <= Math.ceil(lives.length / pageSize); n += 1) {
        await page.goto(`/?text=hostile&page=${n}`)
        await rowsOf(page).first().waitFor()
        shown += (await rowsOf(page).allTextContents()).join("")
      }
      expect(payloads.filter((text) => !shown.includes(text))).toEqual([])
      expect(troubles()).toEqual([])
      await close()
    })

    it("are shown letter by letter in log, diff, diagnosis, memories, notes and report of a run, and none runs", async () => {
      const { reviewer } = world()
      const { page, troubles, close } = await reviewer()
      for (let first = 0; first < payloads.length; first += perRun) {
        const { runId = "" } = hostileLives()[first] ?? {}
        await page.goto(`/runs/${runId}`)
        await page.locator("[data-seq]").first().waitFor()
        for (const more of await page.locator("main details:not([open]) > summary").all()) await more.click()
        for (const json of await page.getByRole("button", { name: /: its JSON$/ }).all()) await json.click()
        const unseen = async () => {
          const shown = (await page.locator("main").textContent()) ?? ""
          return payloads.slice(first, first + perRun).filter((text) => !shown.includes(withoutEscapes(text)))
        }
        await expect.poll(unseen).toEqual([])
      }
      expect(troubles()).toEqual([])
      await close()
    })

    it("are shown letter by letter in the full log that CI sent, and found there, and none runs", async () => {
      const { fleet, reviewer } = world()
      const log = `${payloads.join("\n")}\nnot ok 1 - ${payloads[4]}\n  error: 'Expected values to be strictly equal: -7 !== 7'\n`
      const runId = await brokenBy(fleet, "hostile-log", { branch: "hostile", message: "Say what runs", login: "ada", log })
      await untilPhase(fleet, runId, patience)
      const { page, troubles, close } = await reviewer()
      await page.goto(`/runs/${runId}`)
      await page.getByRole("button", { name: "Show the full log" }).click()
      const viewer = page.getByRole("region", { name: "Full log" })
      await viewer.getByText("strictly equal").waitFor()
      await readLog(page, viewer)
      const field = page.getByRole("searchbox", { name: "Search the log" })
      for (const text of payloads.filter((_, n) => n % 25 === 0).map(withoutEscapes)) {
        await field.fill(text)
        await viewer.locator(".marked").filter({ hasText: text }).waitFor()
      }
      expect(troubles()).toEqual([])
      await close()
    })
  })
