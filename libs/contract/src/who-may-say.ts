import { type CommandType, commandTypes } from "./commands.ts"
import { answers, type EventType } from "./events.ts"
import type { RunId, Service } from "./ids.ts"
import { answerSubject, eventSubject } from "./subjects.ts"

/**
 * The sources of the inbox: which service writes each, and what comes from there. These are the only facts that come unasked. All
 * else is an answer, and only the service that a command is addressed to may say one of its `answers`.
 */
export const sources = {
  webhook: { writer: "ingest", facts: ["ci-failed"] },
  github: { writer: "ingest", facts: ["ci-failed", "pull-request-merged", "pull-request-closed", "pull-request-checks"] },
  review: { writer: "api", facts: ["review-given"] },
} as const satisfies Record<string, { readonly writer: Service; readonly facts: ReadonlyArray<EventType> }>

/** Where a fact of an inbox row was said, as subjects are written: `inbox.<source>.<fact>`. */
export const inboxSubject = (source: string, type: EventType) => `inbox.${source}.${type}`

/** What may be said in one place: a fact of the inbox, by the beginning of its id, or an answer to one of some commands. */
interface Rule {
  readonly type: EventType
  readonly idsBegin: ReadonlyArray<string>
  readonly answersTo: ReadonlyArray<CommandType>
}

const rules = new Map<string, Rule>()
const allow = (subject: string, type: EventType, more: { readonly begin?: string; readonly command?: CommandType }) => {
  const { idsBegin = [], answersTo = [] } = rules.get(subject) ?? {}
  rules.set(subject, {
    type,
    idsBegin: more.begin === undefined ? idsBegin : [...idsBegin, more.begin],
    answersTo: more.command === undefined ? answersTo : [...answersTo, more.command],
  })
}
for (const [source, { writer, facts }] of Object.entries(sources))
  for (const type of facts)
    for (const subject of [inboxSubject(source, type), eventSubject(writer, type)]) allow(subject, type, { begin: `inbox:${source}:` })

const answersOf = (command: CommandType): ReadonlyArray<EventType> => [...answers[command], "postponed", "failed-for-good"]
for (const command of commandTypes) for (const type of answersOf(command)) allow(answerSubject(command, type), type, { command })

/** A message as far as it matters who says it. */
export interface Said {
  readonly id: string
  readonly type: EventType
  readonly runId: RunId
  readonly causedBy?: string
}

/** The command that a message says it answers, as it was asked. */
export interface Asked {
  readonly type: CommandType
  readonly runId: RunId
}

/** The commands that what is said on this subject may answer. */
export const answerableOn = (subject: string): ReadonlyArray<CommandType> => rules.get(subject)?.answersTo ?? []

/** Where a message must have been said that was put aside before that was noted. */
export const presumedSubject = ({ id, type }: Said, asked: Asked | undefined) =>
  asked === undefined ? inboxSubject(id.split(":")[1] ?? "", type) : answerSubject(asked.type, type)

/**
 * Why a message is not believed; undefined: it is. `subject`: where it was said, as the broker and the database let no other service speak
 * there. `asked`: the command that it says it answers, if there is one.
 */
export const refusal = ({ id, type, runId, causedBy }: Said, subject: string, asked: Asked | undefined): string | undefined => {
  const rule = rules.get(subject)
  if (rule?.type !== type) return `${type} is not said on ${subject}`
  if (rule.answersTo.length === 0) {
    if (causedBy !== undefined) return `${type} answers nobody, and this one names ${causedBy}`
    return rule.idsBegin.some((begin) => id.startsWith(begin)) ? undefined : `no ${type} on ${subject} has such an id`
  }
  if (asked === undefined) return `${type} on ${subject} is an answer, and there is no such command`
  if (!rule.answersTo.includes(asked.type)) return `${asked.type} is not answered with ${type} on ${subject}`
  if (asked.runId !== runId) return "it answers a command of another run"
  return id.startsWith(`${causedBy}#`) ? undefined : "its id is not that of an answer to this command"
}
