import { commandTypes, leased } from "./commands.ts"
import { allCommands, allEvents, allRuns, commandDurable, commandSubject } from "./subjects.ts"

const seconds = 1_000
const hours = 3_600 * seconds
const mebibytes = 1_024 * 1_024

/** The streams that the planner creates and checks. Ages in ms; nothing in them is the only copy of anything. */
export const streams = {
  commands: { name: "COMMANDS", subjects: [allCommands], retention: "workqueue", maxAgeMs: 24 * hours, maxBytes: 256 * mebibytes },
  events: { name: "EVENTS", subjects: [allEvents], retention: "limits", maxAgeMs: 24 * hours, maxBytes: 128 * mebibytes },
  runs: { name: "RUNS", subjects: [allRuns], retention: "limits", maxAgeMs: 24 * hours, maxBytes: 128 * mebibytes },
} as const

/** How long the server waits for an ack before it delivers again; a holder says four times as often that it is at work, by a timer of its own. */
export const ackWaitMs = 1.5 * seconds
/** The server drops a publish whose message id it saw within this window (ms). */
export const duplicateWindowMs = 120 * seconds
/** The planner's durable on EVENTS. */
export const plannerDurable = "planner"
/** The object store's bucket for large texts. */
export const objectsBucket = "OBJECTS"
/** What the bucket may hold (bytes); what does not fit any more is not kept, and the page says so. */
export const objectsMaxBytes = 1_024 * mebibytes

/** One durable consumer per command. */
export const commandConsumers = commandTypes.map((type) => ({
  type,
  durable: commandDurable(type),
  subject: commandSubject(type),
  leased: leased.has(type),
}))
