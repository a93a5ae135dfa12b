/** The page of a run: how it says the run stands, and its timeline, to be compared with the ledger that it tells. */
import type { Fleet } from "@ci-fix-pilot/deploy/fleet/fleet"
import type { Page } from "playwright-core"

/** Waits until the page says that the run stands so: at its top, for the picture of its life names every state. */
export const stands = (page: Page, status: string, timeout: number): Promise<void> =>
  page.locator("article > header").getByText(status, { exact: true }).waitFor({ timeout })

/** How many entries the timeline shows. */
export const entriesOnPage = (page: Page): Promise<number> => page.locator("[data-seq]").count()

/** The numbers of the entries that the timeline shows, top to bottom. */
export const seqsOnPage = (page: Page): Promise<ReadonlyArray<number>> =>
  page.locator("[data-seq]").evaluateAll((items) => items.map((item) => Number(item.getAttribute("data-seq"))))

/** How many entries the ledger holds. */
export const ledgerSize = async ({ database: { sql } }: Fleet, runId: string): Promise<number> => {
  const [row] = await sql`select count(*)::int as n from run_event where run_id = ${runId}`
  return Number(row?.["n"])
}
