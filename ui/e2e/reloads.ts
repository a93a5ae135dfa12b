import type { Page } from "playwright-core"

/** A mark that a load of the page would wipe away. */
export const mark = (page: Page): Promise<void> => page.evaluate(() => void Reflect.set(window, "__marked", true))

export const isMarked = (page: Page): Promise<boolean> => page.evaluate(() => Reflect.get(window, "__marked") === true)
