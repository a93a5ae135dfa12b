import type { ReviewAction } from "@ci-fix-pilot/contract/values"
import type { LiveEntry } from "../live/follow.ts"
import { ago } from "../parts/format.ts"
import { phaseWords } from "./life-cycle.ts"

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

/** Why an action met another state than the reader saw: who was first, when, and how the run stands. `now`: milliseconds. */
export const explainConflict = (message: string, current: unknown, entries: ReadonlyArray<LiveEntry>, now: number): string => {
  const first = entries.findLast((entry) => entry.type === "review-given")
  const who = first?.type === "review-given" ? `${first.data.reviewer} ${did[first.data.action]} ${ago(first.at, now)}. ` : ""
  const status = statusIn(current)
  const stands = status === undefined ? "" : ` The run is ${wordOf(status)} now.`
  return `Nothing was changed: ${who}${who === "" ? `${message}.` : `(${message}.)`}${stands}`
}
