/** How a run stands, and where exactly it is. Plain lists: the dashboard loads them without any schema. */

/** Where a run comes to a stop. A pull request of a `fixed` one is open, and may still be merged or closed. */
export const stops = ["fixed", "escalated", "aborted", "resolved", "skipped", "flaky"] as const
export type Stop = (typeof stops)[number]

/** The API's words for how a run stands. */
export const statuses = ["queued", "running", ...stops] as const
export type Status = (typeof statuses)[number]

/** Where exactly a run is: what is being done, in the order of a life that goes as hoped, or a stop. */
export const phases = [
  "queued",
  "fetching",
  "reproducing",
  "diagnosing",
  "recalling",
  "proposing",
  "validating",
  "awaiting-approval",
  "delivering",
  ...stops,
] as const
export type Phase = (typeof phases)[number]

const allPhases: ReadonlySet<string> = new Set(phases)
const allStops: ReadonlySet<string> = new Set(stops)

export const isPhase = (text: string): text is Phase => allPhases.has(text)
export const isStop = (phase: string): phase is Stop => allStops.has(phase)
