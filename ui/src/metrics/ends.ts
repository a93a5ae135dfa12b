import type { Status, Stop } from "@ci-fix-pilot/contract/phases"
import { statusMeanings } from "../parts/status-meanings.ts"
import { statusWords } from "../parts/status-words.ts"

/** How many runs have each status. */
export type ByStatus = Readonly<Record<Status, number>>
/** How a run ended, or `open` while it has not. */
export type End = Stop | "open"

/** All ends, the best first: the order of bars, legends and columns. */
export const ends: ReadonlyArray<End> = ["resolved", "fixed", "flaky", "skipped", "aborted", "escalated", "open"]

/** The word of an end and one sentence for who has never seen it. */
export const endWords = (end: End) =>
  end === "open"
    ? { word: "Open", means: "It is still being worked on." }
    : { word: statusWords(end, end).word, means: statusMeanings[end] }

/** How many runs ended in one way. */
export const countOf = (byStatus: ByStatus, end: End): number => (end === "open" ? byStatus.queued + byStatus.running : byStatus[end])

/** How many runs there are in all. */
export const totalOf = (byStatus: ByStatus): number => ends.reduce((sum, end) => sum + countOf(byStatus, end), 0)

/** Of the runs that had something to heal and came to an end: how many, and how many were healed. */
export const judgedOf = ({ fixed, resolved, escalated }: ByStatus) => ({ healed: fixed + resolved, judged: fixed + resolved + escalated })

const none: ByStatus = { queued: 0, running: 0, fixed: 0, escalated: 0, aborted: 0, resolved: 0, skipped: 0, flaky: 0 }

/** Adds up counts. */
export const sumOf = (many: ReadonlyArray<ByStatus>): ByStatus =>
  many.reduce(
    (sum, one) => ({
      queued: sum.queued + one.queued,
      running: sum.running + one.running,
      fixed: sum.fixed + one.fixed,
      escalated: sum.escalated + one.escalated,
      aborted: sum.aborted + one.aborted,
      resolved: sum.resolved + one.resolved,
      skipped: sum.skipped + one.skipped,
      flaky: sum.flaky + one.flaky,
    }),
    none,
  )
