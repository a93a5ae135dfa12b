import type { Service } from "@ci-fix-pilot/contract/ids"
import type { Backlog } from "@ci-fix-pilot/contract/metrics-view"
import type { Database, System } from "@ci-fix-pilot/contract/system-view"
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

const arrivals = (backlog: Backlog): ReadonlyArray<Trouble> => {
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

const slowCommands = (backlog: Backlog): ReadonlyArray<Trouble> =>
  Object.entries(backlog.oldestCommandMs).flatMap(([command, ms]) => {
    if (ms <= commandMs) return []
    return [{ tone: "warn", what: `${command} is not answered`, means: "no such command should take that long", seconds: secondsOf(ms) }]
  })

/** One that cannot be sent again is news for a day; then it is only listed. */
const deadLetters = (backlog: Backlog, now: number): ReadonlyArray<Trouble> => {
  const open = backlog.newestDeadLetters.filter(
    ({ at, resendable, resent }) => resent?.result !== "applied" && (resendable || now - Date.parse(at) < newsMs),
  )
  if (open.length === 0) return []
  const all = open.length < backlog.newestDeadLetters.length ? open.length : backlog.deadLetters
  const what = `${counted(all, "message")} could not be applied`
  return [{ tone: "warn", what, means: "look at the dead letters below, and send again what can be" }]
}

const fullDatabase = ({ connections, maxConnections }: Database): ReadonlyArray<Trouble> => {
  if (connections <= maxConnections * fullShare) return []
  const what = `The database has ${connections} of ${maxConnections} connections`
  return [{ tone: "warn", what, means: "when none is left, services wait for one" }]
}

const mixture = ({ services }: System): ReadonlyArray<Trouble> => {
  const versions = new Set(services.flatMap(({ health }) => health?.version ?? []))
  if (versions.size < 2) return []
  return [{ tone: "warn", what: `Services run ${versions.size} different versions`, means: "that is fine during an upgrade, not for long" }]
}

const noBroker: Trouble = {
  tone: "bad",
  what: "The broker cannot be reached",
  means: "services cannot be asked and commands wait in the ledger; they are sent when it is back, nothing is lost",
}
const noDatabase: Trouble = {
  tone: "bad",
  what: "The database is away",
  means:
    "no run moves on and decisions cannot be taken until it is back; what CI reports meanwhile is refused, and CI has to send it again",
}

/** What is wrong with the system, the worst first. Without the broker nobody can be asked, so that nobody's silence says anything. */
export const troublesOf = (system: System, silence: Silence, now: number): ReadonlyArray<Trouble> => {
  const { backlog, database } = system
  const all = [
    ...(database === null ? [noDatabase] : fullDatabase(database)),
    ...(system.bus.connected ? [...silent(system, silence, now), ...unready(system)] : [noBroker]),
    ...(backlog === null ? [] : [...arrivals(backlog), ...slowCommands(backlog), ...deadLetters(backlog, now)]),
    ...mixture(system),
  ]
  return [...all.filter(({ tone }) => tone === "bad"), ...all.filter(({ tone }) => tone === "warn")]
}
