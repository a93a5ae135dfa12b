import type { Page } from "playwright-core"

const watch = () => {
  const tasks: Array<number> = []
  Reflect.set(window, "__tasks", tasks)
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
    type: "longtask",
    buffered: true,
  })
}

/** From the next document on, notes tasks that keep a page from answering for 50 ms and more. */
export const watchTasks = (page: Page) => page.addInitScript(watch)

/** The longest of them (ms) since the document began, or since this was last asked; 0 when there was none. */
export const longestTask = (page: Page): Promise<number> => page.evaluate(() => Math.max(0, ...Reflect.get(window, "__tasks").splice(0)))
