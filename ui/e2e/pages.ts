/** Every page of the dashboard, and how it says that it is complete. */
import type { Page } from "playwright-core"
import { rowsOf } from "./run-list.ts"
import type { World } from "./world.ts"

export interface Look {
  readonly name: string
  readonly path: string
  /** What is there when the page is complete. */
  readonly ready: (page: Page) => Promise<unknown>
}

const heading = (name: string | RegExp) => (page: Page) => page.getByRole("heading", { level: 1, name }).waitFor()
const timeline = (page: Page) => page.locator("[data-seq]").first().waitFor()

/** One of each page, with a run for each way in which one can stand; there must be one. */
export const pagesOf = async ({ fleet: { database } }: World): Promise<ReadonlyArray<Look>> => {
  const runs = await database.sql`select distinct on (phase) phase, run_id from run order by phase, created_at desc`
  return [
    { name: "runs", path: "/", ready: (page) => rowsOf(page).first().waitFor() },
    { name: "runs-none", path: "/?text=there+is+no+such+run", ready: (page) => page.getByText("No run matches").waitFor() },
    ...runs.map((run) => ({ name: `run-${run["phase"]}`, path: `/runs/${run["run_id"]}`, ready: timeline })),
    { name: "run-unknown", path: `/runs/run_${"0".repeat(24)}`, ready: heading(/.+/) },
    { name: "metrics", path: "/metrics", ready: heading("Metrics") },
    { name: "system", path: "/system", ready: heading("System") },
    { name: "nowhere", path: "/there/is/no/such/page", ready: heading("There is no such page") },
  ]
}

/** What a stranger sees. */
export const signInPage: Look = { name: "sign-in", path: "/", ready: heading("Sign in") }
