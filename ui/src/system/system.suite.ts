import type { Backlog, DeadLetter } from "@ci-fix-pilot/contract/metrics-view"
import type { Database, System } from "@ci-fix-pilot/contract/system-view"

type Services = System["services"]
const health = { ready: true, notes: [], version: "0.1.0", upMs: 60_000, rssBytes: 64 * 1_048_576 }
const names = ["ingest", "planner", "ai", "memory", "validator", "github", "notifier", "api"] as const

/** All eight services, well except for what is given. */
export const services = (...others: Services): Services =>
  names.map((service) => others.find((other) => other.service === service) ?? { service, answers: true, health })

const nothing = { inbox: 0, oldestInboxMs: 0, commands: {}, oldestCommandMs: {}, deadLetters: 0, newestDeadLetters: [] }
const backlog: Backlog = { position: 12, ...nothing }
export const database: Database = { version: "17.11", latencyMs: 2, sizeBytes: 1_048_576, connections: 5, maxConnections: 100 }

/** A system in which all is well, except for what is given. */
export const system = (given: Partial<System> = {}): System => ({
  services: services(),
  bus: {
    connected: true,
    streams: [
      {
        name: "COMMANDS",
        messages: 0,
        durables: [
          { durable: "memory-recall", waiting: 0, unacked: 0 },
          { durable: "validator-validate-fix", waiting: 0, unacked: 0 },
        ],
      },
    ],
  },
  backlog,
  streamClients: 1,
  version: "0.1.0",
  configuration: [
    { name: "GITHUB_TOKEN", value: null, secret: true, isSet: true },
    { name: "OPENAI_API_KEY", value: null, secret: true, isSet: false },
    { name: "PORT", value: "3000", secret: false, isSet: true },
    { name: "CI_HEALING_MAX_ATTEMPTS", value: null, secret: false, isSet: false },
  ],
  database,
  ...given,
})

export const letter: DeadLetter = {
  id: "letter-1",
  messageId: "github:cmd-1#1#h",
  runId: "run_3d05408e1f54fe02d9958bee",
  type: "failure-fetched",
  summary: '{"type":"failure-fetched","note":"<img src=x onerror=alert(1)>"}',
  why: "it does not fit its schema",
  at: "2026-11-23T03:00:00.000Z",
  resendable: true,
  resent: null,
}

export const backlogWith = (...letters: ReadonlyArray<DeadLetter>): Backlog => ({
  ...backlog,
  deadLetters: letters.length,
  newestDeadLetters: letters,
})
