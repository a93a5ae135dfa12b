/** The list of runs as a person finds it on the page. */
import type { Locator, Page } from "playwright-core"

/** The rows, newest first. */
export const rowsOf = (page: Page): Locator => page.getByRole("list", { name: /^Runs/ }).getByRole("listitem")

/** The row of a run of this repository. */
export const rowOf = (page: Page, repository: string): Locator => rowsOf(page).filter({ hasText: repository })
