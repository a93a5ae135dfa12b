import type { RunEventType } from "@ci-fix-pilot/contract/run-events"
import type { LiveEntry } from "../live/follow.ts"
import type { Tone } from "../parts/status-words.ts"

/** What each fact of a ledger means for the reader: the colour and the drawing beside its words. */
export const marks: Readonly<Record<RunEventType, Tone>> = {
  "ci-failed": "bad",
  "fetch-started": "idle",
  "failure-fetched": "idle",
  "failure-unavailable": "bad",
  reproduced: "idle",
  "not-reproduced": "idle",
  "not-reproducible": "bad",
  diagnosed: "idle",
  recalled: "idle",
  "attempt-started": "busy",
  "fix-proposed": "busy",
  "fix-declined": "bad",
  "fix-validated": "good",
  "fix-rejected": "bad",
  "validation-unavailable": "bad",
  "approval-requested": "wait",
  "review-given": "wait",
  "review-refused": "idle",
  "delivery-started": "idle",
  "pull-request-opened": "good",
  "branch-moved": "idle",
  "pull-request-refused": "bad",
  "merge-started": "idle",
  "merge-refused": "bad",
  "pull-request-merged": "good",
  "pull-request-closed": "bad",
  "pull-request-checks": "idle",
  "gave-up": "bad",
  "answer-ignored": "idle",
  escalated: "bad",
  "marked-flaky": "idle",
  skipped: "idle",
  aborted: "idle",
  resolved: "good",
}

const ends: ReadonlySet<RunEventType> = new Set<RunEventType>(["resolved", "escalated", "aborted"])

/** The place of the entry with which a run ended; beyond all while it has not. */
export const endSeq = (entries: ReadonlyArray<LiveEntry>): number =>
  entries.find(({ type }) => ends.has(type))?.seq ?? Number.POSITIVE_INFINITY

/** What an entry means for the reader. A pull request that is closed after the run `ended` is tidied away: no failure of anything. */
export const markOf = ({ type }: LiveEntry, ended: boolean): Tone => (type === "pull-request-closed" && ended ? "idle" : marks[type])
