import type { Status } from "@ci-fix-pilot/contract/run-view"

/** What a state means for the reader: good, bad, wants him, at work, or over without effect. */
export type Tone = "good" | "bad" | "wait" | "busy" | "idle"
export interface StatusWords {
  readonly word: string
  readonly tone: Tone
  /** One sentence for who has never seen the word. */
  readonly means: string
}

const byStatus: Record<Status, StatusWords> = {
  queued: { word: "Queued", tone: "busy", means: "The failure has arrived; healing begins in a moment." },
  running: { word: "Running", tone: "busy", means: "The failure is being healed." },
  fixed: { word: "Fixed", tone: "good", means: "A proven fix is offered in an open pull request." },
  resolved: { word: "Resolved", tone: "good", means: "The fix is merged, or a person fixed it." },
  escalated: { word: "Escalated", tone: "bad", means: "No fix could be delivered; a person has the evidence." },
  aborted: { word: "Aborted", tone: "idle", means: "A person stopped it." },
  skipped: { word: "Skipped", tone: "idle", means: "Nothing to do: the branch has moved on, or another run heals the same failure." },
  flaky: { word: "Flaky", tone: "idle", means: "The failure does not come back when run again." },
}

const byPhase: Record<string, StatusWords> = {
  fetching: { word: "Fetching log", tone: "busy", means: "The failed job's log is fetched from CI." },
  reproducing: { word: "Reproducing", tone: "busy", means: "The failing command runs again in the sandbox." },
  diagnosing: { word: "Diagnosing", tone: "busy", means: "The log is read for the first error and its cause." },
  recalling: { word: "Recalling", tone: "busy", means: "Earlier fixes of the same failure are looked up." },
  proposing: { word: "Finding a fix", tone: "busy", means: "A fix is being made." },
  validating: { word: "Proving the fix", tone: "busy", means: "The fix must turn red to green in the sandbox." },
  "awaiting-approval": { word: "Needs approval", tone: "wait", means: "A proven fix waits for a person's decision." },
  delivering: { word: "Opening pull request", tone: "busy", means: "The proven fix is pushed and its pull request opened." },
}

/** How a run stands, in words: its phase while it runs, its status when it stopped. */
export const statusWords = (status: Status, phase: string): StatusWords =>
  (status === "running" ? byPhase[phase] : undefined) ?? byStatus[status]

/** A person must decide before the run goes on. */
export const waitsForPerson = (phase: string): boolean => phase === "awaiting-approval"
