import { strategyWords } from "@ci-fix-pilot/contract/strategy-words"
import type { Attempt, Run } from "@ci-fix-pilot/lifecycle/run"
import type { LiveEntry } from "../live/follow.ts"
import { outcomeWords } from "./attempt-words.ts"

/** An attempt of a run that was handed over: which, and what became of it. */
export interface Tried {
  readonly n: number
  readonly which: string
  readonly became: string
}

const by = (name: string | undefined): string => (name === undefined ? "" : ` by ${name}`)

/** Where a proven fix stood still, as far as one entry says it. */
const hindrance = (entry: LiveEntry): string | undefined => {
  switch (entry.type) {
    case "review-given":
      if (entry.data.action === "deny") return `then denied by ${entry.data.reviewer}`
      if (entry.data.action === "approve") return "but not delivered"
      return entry.data.action === "abort" ? `then aborted by ${entry.data.reviewer}` : undefined
    case "pull-request-closed":
      return `then its pull request was closed${by(entry.data.by)}`
    case "pull-request-refused":
      return `but the pull request was refused: ${entry.data.why}`
    case "branch-moved":
      return "but the branch had moved on"
    case "gave-up":
      return `but it could not be delivered: ${entry.data.why}`
    case "approval-requested":
      return "but nobody approved it in time"
    case "delivery-started":
      return "but it was not delivered in time"
    case "pull-request-opened":
      return "but not merged"
    default:
      return undefined
  }
}

/** The last thing that came between a proven fix and the branch. */
const afterProof = (entries: ReadonlyArray<LiveEntry>): string => {
  const end = entries.findIndex(({ type }) => type === "escalated")
  const proven = entries.findLastIndex(({ type }) => type === "fix-validated")
  const told = entries.slice(proven + 1, end < proven ? undefined : end).flatMap((entry) => hindrance(entry) ?? [])
  return told.at(-1) ?? "but not delivered"
}

const became = (attempt: Attempt, entries: ReadonlyArray<LiveEntry>): string => {
  const { word } = outcomeWords[attempt.outcome]
  if (attempt.outcome === "validated") return `${word}, ${afterProof(entries)}`
  if (attempt.outcome === "open") return "not finished"
  return attempt.why === undefined ? word : `${word}: ${attempt.why}`
}

/** What was tried before a run was handed over, and what became of each attempt, proven ones too. */
export const whatWasTried = (run: Run, entries: ReadonlyArray<LiveEntry>): ReadonlyArray<Tried> =>
  run.attempts.map((attempt) => ({
    n: attempt.n,
    which: `Attempt ${attempt.n}, ${strategyWords(attempt.strategy)}`,
    became: became(attempt, entries),
  }))
