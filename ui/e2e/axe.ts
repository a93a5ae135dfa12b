import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import type { Page } from "playwright-core"

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8")
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]

/** What of WCAG 2.2 AA the page breaks as it stands: one line per place, with the rule. */
export const inaccessible = async (page: Page): Promise<ReadonlyArray<string>> => {
  await page.evaluate(source)
  return page.evaluate(async (values) => {
    const axe: {
      run: (options: unknown) => Promise<{
        violations: ReadonlyArray<{ id: string; help: string; nodes: ReadonlyArray<{ target: unknown; failureSummary?: string }> }>
      }>
    } = Reflect.get(window, "axe")
    const { violations } = await axe.run({ runOnly: { type: "tag", values }, resultTypes: ["violations"] })
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${String(target)}: ${failureSummary ?? ""}`.slice(0, 400)),
    )
  }, rules)
}
