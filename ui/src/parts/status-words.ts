import type { Status } from "@ci-fix-pilot/contract/run-view"

/** What a state means for the reader: good, bad, wants him, at work, or over without effect. */
export type Tone = "good" | "bad" | "wait" | "busy" | "idle"
export interface StatusWords {
  readonly word: string
  readonly tone: Tone
}

const words: Readonly<Record<Status | string, readonly [word: string, tone: Tone]>> = {
  queued: ["Queued", "busy"],
  running: ["Running", "busy"],
  fixed: ["Fixed", "good"],
  resolved: ["Resolved", "good"],
  escalated: ["Escalated", "bad"],
  aborted: ["Aborted", "idle"],
  skipped: ["Skipped", "idle"],
  flaky: ["Flaky", "idle"],
  fetching: ["Fetching log", "busy"],
  reproducing: ["Reproducing", "busy"],
  diagnosing: ["Diagnosing", "busy"],
  recalling: ["Recalling", "busy"],
  proposing: ["Finding a fix", "busy"],
  validating: ["Proving the fix", "busy"],
  "awaiting-approval": ["Needs approval", "wait"],
  delivering: ["Opening a PR", "busy"],
}

/** How a run stands, in words: its phase while it runs, its status when it stopped. */
export const statusWords = (status: Status, phase: string): StatusWords => {
  const [word, tone] = words[status === "running" ? phase : status] ?? [phase, "busy"]
  return { word, tone }
}

/** A person must decide before the run goes on. */
export const waitsForPerson = (phase: string): boolean => phase === "awaiting-approval"
