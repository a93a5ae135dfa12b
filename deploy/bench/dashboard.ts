/**
 * What the runs page costs before it shows anything, and how soon a committed entry is a pixel: a real Chromium at a real api, runs made by
 * webhooks to hands that answer at once.
 */
import { freePort } from "@ci-fix-pilot/machine/free-port"
import type { Browser, Page } from "playwright-core"
import { launchChromium } from "../browser/launch-chromium.ts"
import { provideChromium, provideDashboard } from "../provision.ts"
import { type House, percentile, startHouse } from "./house.ts"
import { webhook } from "./webhook.ts"

const loads = 10
const runs = 200
const perSecond = 5

/** Keeps the page's largest paint, when the first row was there, and when each run's row was first painted (ms since 1970). */
const watchPaints = () => {
  const painted: Record<string, number> = {}
  Reflect.set(window, "__painted", painted)
  new PerformanceObserver((list) => Reflect.set(window, "__largest", list.getEntries().at(-1)?.startTime)).observe({
    type: "largest-contentful-paint",
    buffered: true,
  })
  // A task that is posted in an animation frame runs after that frame was painted.
  const afterPaint = (then: () => void) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = then
      port2.postMessage(null)
    })
  new MutationObserver(() => {
    for (const link of document.querySelectorAll("[data-row] a[href^='/runs/']")) {
      const runId = link.getAttribute("href")?.split("/").at(-1) ?? ""
      if (runId in painted) continue
      if (Object.keys(painted).length === 0) Reflect.set(window, "__firstRow", performance.now())
      painted[runId] = Number.NaN
      afterPaint(() => {
        painted[runId] = performance.timeOrigin + performance.now()
      })
    }
  }).observe(document, { subtree: true, childList: true })
}

const paintedRuns = (page: Page): Promise<Record<string, number | null>> => page.evaluate(() => Reflect.get(window, "__painted"))

/** What had been answered at a moment (ms since the page began): name and bytes as they came over the wire, compressed. */
const answeredBefore = (moment: number) => {
  const [page] = performance.getEntriesByType("navigation")
  const parts = performance.getEntriesByType("resource")
  return [page, ...parts]
    .filter((entry) => entry instanceof PerformanceResourceTiming)
    .filter(({ responseEnd }) => responseEnd > 0 && responseEnd <= moment)
    .map(({ name, encodedBodySize }) => ({ name: new URL(name).pathname, bytes: encodedBodySize }))
}

const code = /\.(?:js|css)$/u

/** One first visit with an empty cache: what was answered before the first row, which it may have waited for, and which code came after, until the page lived. */
const visit = async (browser: Browser, baseURL: string) => {
  const context = await browser.newContext({ baseURL })
  const page = await context.newPage()
  await page.addInitScript(watchPaints)
  await page.goto("/")
  await page.waitForFunction(() => Object.values(Reflect.get(window, "__painted")).some(Number.isFinite))
  const asked = await page.evaluate(answeredBefore, Number(await page.evaluate(() => Reflect.get(window, "__firstRow"))))
  const largest = await page.waitForFunction(() => Reflect.get(window, "__largest"))
  const lcpMs = Number(await largest.jsonValue())
  await page.getByText("Live", { exact: true }).waitFor()
  const whole = await page.evaluate(answeredBefore, Number.MAX_VALUE)
  await context.close()
  return { lcpMs, asked, after: whole.filter(({ name }) => code.test(name) && !asked.some((one) => one.name === name)) }
}

const send = (house: House, n: number) => {
  const { body, headers } = webhook(n, house.secret)
  return fetch(`${house.ingestUrl}/v1/ci-healing/webhook`, { method: "POST", body, headers })
}

/** From the transaction that wrote a run's first entry until its row is painted (ms). */
const delays = async (browser: Browser, baseURL: string, house: House) => {
  const context = await browser.newContext({ baseURL, viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  await page.addInitScript(watchPaints)
  await page.goto("/")
  await page.locator("[data-row]").first().waitFor()
  await page.getByText("Live", { exact: true }).waitFor()
  const known = new Set(Object.keys(await paintedRuns(page)))
  for (let n = 0; n < runs; n += 1) {
    await send(house, 2_000_000 + n)
    await Bun.sleep(1_000 / perSecond)
  }
  await page.waitForFunction(
    (count) => Object.values(Reflect.get(window, "__painted")).filter(Number.isFinite).length >= count,
    known.size + runs,
  )
  const painted = await paintedRuns(page)
  const rows = await house.sql`select run_id, extract(epoch from at) * 1000 as at from run_event where seq = 1`
  await context.close()
  return rows
    .filter(({ run_id }) => !known.has(run_id) && painted[run_id] !== undefined)
    .map(({ run_id, at }) => Number(painted[run_id]) - Number(at))
}

export const dashboard = async () => {
  await Promise.all([provideChromium(), provideDashboard()])
  const port = await freePort()
  const house = await startHouse(["planner", "ingest", "hands", "api"], { PORT: `${port}`, CI_HEALING_API_TOKEN: "" })
  const browser = await launchChromium()
  const baseURL = `http://127.0.0.1:${port}`
  try {
    for (let n = 1; n <= 60; n += 1) await send(house, n)
    while (Number((await house.sql`select count(*)::int as n from run where phase = 'fixed'`)[0]?.["n"]) < 60) await Bun.sleep(50)
    const visits = []
    for (let n = 0; n < loads; n += 1) visits.push(await visit(browser, baseURL))
    const took = await delays(browser, baseURL, house)
    const { asked = [], after = [] } = visits[0] ?? {}
    const bytesOf = (kind: RegExp, parts: typeof asked) =>
      parts.filter(({ name }) => kind.test(name)).reduce((sum, { bytes }) => sum + bytes, 0)
    const lcp = visits.map(({ lcpMs }) => lcpMs)
    return {
      requestsBeforeContent: asked.length,
      documentBytes: bytesOf(/^\/$/u, asked),
      scriptAndStyleBytes: bytesOf(code, asked),
      scriptAndStyleBytesAfterContent: bytesOf(code, after),
      asked,
      after,
      lcpMs: { p50: percentile(lcp, 0.5), worst: Math.max(...lcp), loads },
      committedToPixelMs: { p50: percentile(took, 0.5), p95: percentile(took, 0.95), measured: took.length },
    }
  } finally {
    await browser.close()
    await house.stop()
  }
}
