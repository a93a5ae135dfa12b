import type { ReviewAction } from "@ci-fix-pilot/contract/values"
import type { LiveEntry } from "../live/follow.ts"
import { ago } from "../parts/format.ts"
import { phaseWords } from "./life-cycle.ts"

/** What the server says of an action that it did not do. `current`: how the run stands, as far as it is readable. */
export interface Conflict {
  readonly message: string
  readonly current: unknown
}

const did: Readonly<Record<ReviewAction, string>> = {
  approve: "approved it",
  deny: "denied it",
  abort: "aborted it",
  "human-fix": "recorded that a person fixed it",
}

const wordOf = (status: string): string => {
  const known = Object.entries(phaseWords).find(([phase]) => phase === status)
  return (known?.[1] ?? status).toLowerCase()
}

const statusIn = (current: unknown): string | undefined =>
  typeof current === "object" && current !== null && "status" in current && typeof current.status === "string" ? current.status : undefined

/** What came in between, as far as the ledger says it: another person's word before what followed from it. */
const overtakenBy = (news: ReadonlyArray<LiveEntry>, now: number): string | undefined => {
  const review = news.findLast((entry) => entry.type === "review-given")
  if (review?.type === "review-given") return `${review.data.reviewer} ${did[review.data.action]} ${ago(review.at, now)}`
  const end = news.findLast(({ type }) => type === "pull-request-merged" || type === "pull-request-closed")
  return end && `the pull request was ${end.type === "pull-request-merged" ? "merged" : "closed"} ${ago(end.at, now)}`
}

/**
 * Why an action met another state than the reader saw: who or what was first, when, and how the run stands. `seen`: the last entry that
 * the reader had seen; what is older overtook nobody. `now`: milliseconds.
 */
export const explainConflict = ({ message, current }: Conflict, entries: ReadonlyArray<LiveEntry>, seen: number, now: number): string => {
  const first = overtakenBy(
    entries.filter(({ seq }) => seq > seen),
    now,
  )
  const status = statusIn(current)
  const stands = status === undefined ? "" : ` The run is ${wordOf(status)} now.`
  const why = first === undefined ? message : status === undefined ? `${first} (${message})` : first
  return `Nothing was changed: ${why}.${stands}`
}
