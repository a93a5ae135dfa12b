import { messageInLetter } from "@ci-fix-pilot/contract/dead-letter"
import { decodeEvent, type EventMessage, Undecodable } from "@ci-fix-pilot/contract/envelope"
import { RunId } from "@ci-fix-pilot/contract/ids"
import { inboxSubject } from "@ci-fix-pilot/contract/who-may-say"
import { rowsOf, Sql } from "@ci-fix-pilot/sql/Sql"
import { Effect, Schema } from "effect"
import type { Item } from "./plan-batch.ts"

const limit = 500

/** An inbox row that cannot be read is settled, with the reason, and said aloud: it must not stand in the way of the others. */
const settle = (messageId: string, why: string) =>
  Sql.use((sql) =>
    sql.query("update inbox set applied_at = now(), outcome = $2::text::jsonb where message_id = $1", [
      messageId,
      JSON.stringify({ result: "ignored", status: "unknown", why: `it cannot be read: ${why.slice(0, 500)}` }),
    ]),
  ).pipe(Effect.andThen(Effect.logError("an inbox row cannot be read", { messageId, why })))

const Row = Schema.Struct({
  messageId: Schema.String,
  runId: RunId,
  traceparent: Schema.String,
  source: Schema.String,
  body: Schema.Unknown,
  letter: Schema.NullOr(Schema.String),
  saidOn: Schema.NullOr(Schema.String),
})
type Row = typeof Row.Type
const rows = rowsOf(Row)

const noLetter = new Undecodable({ message: "there is no such letter" })

/** Of a letter that is sent again all is as it was said first: whoever sends it again has a word in nothing but that. */
const messageOf = ({ messageId: id, runId, traceparent, source, body, letter }: Row) => {
  if (source === "resend") return letter === null ? Effect.fail(noLetter) : messageInLetter(letter)
  return decodeEvent(JSON.stringify({ at: "", ...(typeof body === "object" ? body : {}), id, runId, traceparent }))
}

const itemOf = ({ messageId: id, source, traceparent, saidOn }: Row, message: EventMessage): Item => {
  const subject = source === "resend" ? (saidOn ?? undefined) : inboxSubject(source, message.type)
  return { id, runId: message.runId, traceparent, what: { kind: "message", message, saidOn: subject, fromInbox: true } }
}

/** What was accepted and never arrived by message: read from where it was accepted. A resend's key is its letter's id, `#` and the click's own. */
export const unappliedInbox = Sql.use((sql) =>
  sql.query(
    `select message_id as "messageId", run_id as "runId", traceparent, source, body, d.letter, d."saidOn" from inbox i
     left join lateral (select text as letter, said_on as "saidOn" from dead_letter
       where i.source = 'resend' and left(i.key, length(message_id) + 1) = message_id || '#' order by length(message_id) desc limit 1) d on true
     where applied_at is null and received_at < now() - interval '1 second' order by received_at limit ${limit}`,
  ),
).pipe(
  Effect.flatMap(rows),
  Effect.flatMap((found) =>
    Effect.forEach(found, (row) =>
      messageOf(row).pipe(
        Effect.map((message) => itemOf(row, message)),
        Effect.tapError((error) => settle(row.messageId, error.message)),
        Effect.option,
      ),
    ),
  ),
  Effect.map((items) => items.flatMap((item) => (item._tag === "Some" ? [item.value] : []))),
)
