import { describeEntry, isRoutine } from "@ci-fix-pilot/contract/describe-entry"
import type { RunMessage } from "@ci-fix-pilot/contract/envelope"
import { strategyWords } from "@ci-fix-pilot/contract/strategy-words"

/** What is printed at the end anyway, and what only says that something was sent. */
const silent: ReadonlySet<string> = new Set([
  "ci-failed",
  "escalated",
  "marked-flaky",
  "not-reproduced",
  "not-reproducible",
  "pull-request-opened",
])

/** What is being waited for once this has happened. */
const next = (entry: RunMessage): string | undefined => {
  switch (entry.type) {
    case "failure-fetched":
      return "installing what the commit asks for, then running its tests"
    case "attempt-started":
      return entry.data.strategy === "revert"
        ? "searching for the part of the change that broke it"
        : `looking for a fix: ${strategyWords(entry.data.strategy)}`
    case "fix-proposed":
      return "proving it: red without the patch, green with it"
    default:
      return undefined
  }
}

const describe = (entry: RunMessage): string => {
  if (silent.has(entry.type) || isRoutine(entry) || (entry.type === "recalled" && entry.data.matches.length === 0)) return ""
  return next(entry) ?? describeEntry(entry)
}

const everyMs = 20_000

export interface Progress {
  readonly take: (entry: RunMessage) => void
  readonly close: () => void
}

/** Tells what happens, with the time since the beginning; and, when nothing happened for a while, what is being waited for. */
export const showProgress = (write: (line: string) => void): Progress => {
  const start = performance.now()
  let waitingFor = ""
  const say = (text: string) => {
    const seconds = Math.round((performance.now() - start) / 1_000)
    write(`  ${`${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`.padStart(5)}  ${text}`)
  }
  const heartbeat = () => setInterval(() => waitingFor !== "" && say(`still ${waitingFor}`), everyMs)
  let timer = heartbeat()
  const take = (entry: RunMessage) => {
    const text = describe(entry)
    if (entry.type === "fix-proposed") say(describeEntry(entry))
    if (text !== "") say(text)
    waitingFor = next(entry) ?? ""
    clearInterval(timer)
    timer = heartbeat()
  }
  return { take, close: () => clearInterval(timer) }
}
