import type { Service } from "@ci-fix-pilot/contract/ids"
import type { System } from "@ci-fix-pilot/contract/system-view"
import { counted } from "../parts/format.ts"
import { roles } from "./roles.ts"

/**
 * Something that is wrong: what, what it means, and whether healing stands still (`bad`) or a person should look (`warn`). `seconds`: for how
 * long it has been so, where that is known.
 */
export interface Trouble {
  readonly tone: "bad" | "warn"
  readonly what: string
  readonly means: string
  readonly seconds?: number
}

/** Since when (ms since 1970) which service has not answered, as far as this page has seen. */
export type Silence = ReadonlyMap<Service, number>

/** An arrival that waits longer means that the planner is away (docs/operating.md). */
const inboxMs = 30_000
/** Longer than the longest command may work. */
const commandMs = 15 * 60_000
const fullShare = 0.9
const newsMs = 24 * 3_600_000

const secondsOf = (ms: number) => Math.floor(ms / 1_000)

const silent = ({ services }: System, silence: Silence, now: number): ReadonlyArray<Trouble> =>
  services.flatMap(({ service, answers }) => {
    if (answers) return []
    const seconds = secondsOf(now - (silence.get(service) ?? now))
    return [{ tone: "bad", what: `${service} does not answer`, means: roles[service].silence, seconds }]
  })

const unready = ({ services }: System): ReadonlyArray<Trouble> =>
  services.flatMap(({ service, health }) => {
    if (health === undefined || (health.ready && health.notes.length === 0)) return []
    const means = health.notes.join("; ") || "it does not say why"
    return [
      health.ready ? { tone: "warn", what: `${service} works, but`, means } : { tone: "bad", what: `${service} cannot do its work`, means },
    ]
  })

const arrivals = ({ backlog }: System): ReadonlyArray<Trouble> => {
  if (backlog.oldestInboxMs <= inboxMs) return []
  const what = `${counted(backlog.inbox, "arrival is", "arrivals are")} not applied`
  return [
    {
      tone: "bad",
      what,
      means: "the planner is away or behind; they are on disk, nothing is lost",
      seconds: secondsOf(backlog.oldestInboxMs),
    },
  ]
}

const slowCommands = ({ backlog }: System): ReadonlyArray<Trouble> =>
  Object.entries(backlog.oldestCommandMs).flatMap(([command, ms]) => {
    if (ms <= commandMs) return []
    return [{ tone: "warn", what: `${command} is not answered`, means: "no such command should take that long", seconds: secondsOf(ms) }]
  })

/** One that cannot be sent again is news for a day; then it is only listed. */
const deadLetters = ({ backlog }: System, now: number): ReadonlyArray<Trouble> => {
  const open = backlog.newestDeadLetters.filter(
    ({ at, resendable, resent }) => resent?.result !== "applied" && (resendable || now - Date.parse(at) < newsMs),
  )
  if (open.length === 0) return []
  const all = open.length < backlog.newestDeadLetters.length ? open.length : backlog.deadLetters
  const what = `${counted(all, "message")} could not be applied`
  return [{ tone: "warn", what, means: "look at the dead letters below, and send again what can be" }]
}

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
    ...arrivals(system),
    ...slowCommands(system),
    ...deadLetters(system, now),
    ...stores(system),
  ]
  return [...all.filter(({ tone }) => tone === "bad"), ...all.filter(({ tone }) => tone === "warn")]
}
