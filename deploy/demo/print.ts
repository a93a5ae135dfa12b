import { strategyWords } from "@ci-fix-pilot/contract/strategy-words"
import type { Ended } from "./play-scenario.ts"

const say = (text: string) => process.stdout.write(`${text}\n`)

/** Prints one line of progress: which run, and what happened to it. */
export const sayProgress = (repository: string, branch: string, text: string) => say(`  ${`${repository} ${branch}`.padEnd(44)} ${text}`)

const cells = (ended: Ended) => [
  ended.scenario.name,
  ended.status,
  ended.strategy === "" ? "–" : strategyWords(ended.strategy),
  `${ended.attempts}`,
  ended.seconds.toFixed(1),
  ended.pullRequest === "" ? "–" : ended.pullRequest,
  ended.wrong.length === 0 ? "as expected" : "NOT AS EXPECTED",
]

/** Prints how every scenario ended, and below it what was not as expected. */
export const sayTable = (all: ReadonlyArray<Ended>) => {
  const rows = [["scenario", "end", "strategy", "attempts", "seconds", "pull request", ""], ...all.map(cells)]
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  say("")
  for (const row of rows) say(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "))
  for (const { scenario, wrong } of all) for (const reason of wrong) say(`\n${scenario.name}: ${reason}`)
  say("")
}
