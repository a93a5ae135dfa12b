import type { Service } from "@ci-fix-pilot/contract/ids"
import type { System } from "@ci-fix-pilot/contract/system-view"
import { counted, duration } from "../parts/format.ts"
import { roles } from "./roles.ts"

/** Something that is wrong: what, what it means, and whether healing stands still (`bad`) or a person should look (`warn`). */
export interface Trouble {
  readonly tone: "bad" | "warn"
  readonly what: string
  readonly means: string
}

/** Since when (ms since 1970) which service has not answered, as far as this page has seen. */
export type Silence = ReadonlyMap<Service, number>

/** An arrival that waits longer means that the planner is away (docs/operating.md). */
const inboxMs = 30_000
/** Longer than the longest command may work. */
const commandMs = 15 * 60_000
const fullShare = 0.9

const silent = ({ services }: System, silence: Silence, now: number): ReadonlyArray<Trouble> =>
  services.flatMap(({ service, answers }) => {
    if (answers) return []
    const seconds = Math.floor((now - (silence.get(service) ?? now)) / 1_000)
    const what = seconds < 1 ? `${service} does not answer` : `${service} has not answered for ${duration(seconds)}`
    return [{ tone: "bad", what, means: roles[service].silence }]
  })

const unready = ({ services }: System): ReadonlyArray<Trouble> =>
  services.flatMap(({ service, health }) => {
    if (health === undefined || (health.ready && health.notes.length === 0)) return []
    const means = health.notes.join("; ") || "it does not say why"
    return [
      health.ready ? { tone: "warn", what: `${service} works, but`, means } : { tone: "bad", what: `${service} cannot do its work`, means },
    ]
  })

const waiting = ({ backlog }: System): ReadonlyArray<Trouble> => [
  ...(backlog.oldestInboxMs > inboxMs
    ? [
        {
          tone: "bad",
          what: `${counted(backlog.inbox, "arrival")} not applied, the oldest for ${duration(backlog.oldestInboxMs / 1_000)}`,
          means: "the planner is away or behind; they are on disk, nothing is lost",
        } as const,
      ]
    : []),
  ...Object.entries(backlog.oldestCommandMs).flatMap(([command, ms]) =>
    ms > commandMs
      ? [
          {
            tone: "warn",
            what: `${command} has been unanswered for ${duration(ms / 1_000)}`,
            means: "longer than such a command should take",
          } as const,
        ]
      : [],
  ),
  ...(backlog.deadLetters > 0
    ? [
        {
          tone: "warn",
          what: `${counted(backlog.deadLetters, "message")} could not be applied`,
          means: "look at the dead letters below, and send again what can be",
        } as const,
      ]
    : []),
]

const stores = ({ database, services }: System): ReadonlyArray<Trouble> => {
  const versions = new Set(services.flatMap(({ health }) => health?.version ?? []))
  return [
    ...(database.connections > database.maxConnections * fullShare
      ? [
          {
            tone: "warn",
            what: `The database has ${database.connections} of ${database.maxConnections} connections`,
            means: "when none is left, services wait for one",
          } as const,
        ]
      : []),
    ...(versions.size > 1
      ? [
          {
            tone: "warn",
            what: `Services run ${versions.size} different versions`,
            means: "that is fine during an upgrade, not for long",
          } as const,
        ]
      : []),
  ]
}

/** What is wrong with the system, the worst first. Without the broker nobody can be asked, so that nobody's silence says anything. */
export const troublesOf = (system: System, silence: Silence, now: number): ReadonlyArray<Trouble> => {
  const away = {
    tone: "bad",
    what: "The broker cannot be reached",
    means: "services cannot be asked and commands wait in the ledger; they are sent when it is back, nothing is lost",
  } as const
  const all = [
    ...(system.bus.connected ? [...silent(system, silence, now), ...unready(system)] : [away]),
    ...waiting(system),
    ...stores(system),
  ]
  return [...all.filter(({ tone }) => tone === "bad"), ...all.filter(({ tone }) => tone === "warn")]
}
