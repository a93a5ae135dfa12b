import { Bus, type StreamConfig } from "@ci-fix-pilot/actor/Bus"
import { ackWaitMs, commandConsumers, duplicateWindowMs, plannerDurable, streams } from "@ci-fix-pilot/contract/streams"

const plannerUnacked = 1_024
const unackedPerDurable = 1_024
const allEvents = streams.events.subjects[0]

/** The streams and durables of the system. Only the planner creates them, and checks them in every sweep. */
export const wanted: ReadonlyArray<StreamConfig> = [
  {
    ...streams.commands,
    duplicateWindowMs,
    durables: commandConsumers.map(({ durable, subject }) => ({ durable, subject, ackWaitMs, maxAckPending: unackedPerDurable })),
  },
  {
    ...streams.events,
    duplicateWindowMs,
    durables: [{ durable: plannerDurable, subject: allEvents, ackWaitMs, maxAckPending: plannerUnacked }],
  },
  { ...streams.runs, duplicateWindowMs, durables: [] },
]

/** Creates what is missing: after the broker's store was wiped, this is what brings the system back. */
export const provideStreams = Bus.use((bus) => bus.ensure(wanted))
