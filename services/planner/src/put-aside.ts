import { deadLetter } from "@ci-fix-pilot/contract/dead-letter"
import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import { answerableOn } from "@ci-fix-pilot/contract/who-may-say"
import { Sql } from "@ci-fix-pilot/sql/Sql"
import { Effect } from "effect"
import { commandOf, type Item } from "./plan-batch.ts"

/** A message that is not believed, and why. */
export interface Refused {
  readonly item: Item
  readonly why: string
}

/** Postgres stores no NUL. */
const plain = (text: string) => text.replaceAll("\0", "\ufffd")
const saidOn = ({ what }: Item) => (what.kind === "message" ? (what.saidOn ?? null) : null)

const keep = (id: string, runId: string | null, text: string, why: string, subject: string | null) =>
  Sql.use((sql) =>
    sql.query("insert into dead_letter (message_id, run_id, text, why, said_on) values ($1, $2, $3, $4, $5) on conflict do nothing", [
      plain(id),
      runId,
      plain(text),
      plain(why.slice(0, 4_000)),
      subject,
    ]),
  )

/** Only the row that it was read from: what comes by the broker may call itself by any row's name. */
const settle = (item: Item, why: string) =>
  item.what.kind === "message" && item.what.fromInbox === true
    ? Sql.use((sql) =>
        sql.query("update inbox set applied_at = now(), outcome = $2::text::jsonb where message_id = $1 and applied_at is null", [
          item.id,
          JSON.stringify({ result: "ignored", status: "unknown", why: plain(why) }),
        ]),
      )
    : Effect.void

/** Lets the next sweep give up the command that a message answers, if whoever said it was asked. */
const giveUp = (item: Item) => {
  const { runId, what } = item
  const types = what.kind === "noticed" ? null : JSON.stringify(answerableOn(what.saidOn ?? ""))
  return Sql.use((sql) =>
    sql.query(
      `update command set deadline_at = now() where command_id = $1 and closed_at is null
         and ($2::text is null or (run_id = $3 and type in (select value from jsonb_array_elements_text($2::text::jsonb))))`,
      [commandOf(item) ?? "", types, runId],
    ),
  )
}

/** Puts a message aside, and lets nothing wait for it: its inbox row is settled, and the command that it answers is given up by the next sweep. */
export const bury = (item: Item, why: string) =>
  keep(item.id, item.runId, deadLetter(item.what), why, saidOn(item)).pipe(
    Effect.andThen(giveUp(item)),
    Effect.andThen(settle(item, "it could not be applied and was put aside")),
    Effect.andThen(Effect.logError("a message could not be applied and was put aside", { message: item.id, why })),
  )

/** Puts a message aside that no schema fits. */
export const buryUnread = (subject: string, text: string, why: string) =>
  keep(`undecodable:${sha256Hex(text)}`, null, text, why, subject).pipe(
    Effect.andThen(Effect.logError("an event could not be read and was put aside", { subject, why })),
  )

/** Puts a message aside that is not believed. It changes nothing: not even its id is taken, as it may be another's. */
export const refuse = ({ item, why }: Refused) => {
  const text = deadLetter(item.what)
  // One that was sent again is there already.
  const again = item.what.kind === "message" && item.what.message.id !== item.id
  return (again ? Effect.void : keep(`refused:${sha256Hex(text)}`, item.runId, text, why, saidOn(item))).pipe(
    Effect.andThen(settle(item, `it is not believed: ${why}`)),
    Effect.andThen(Effect.logError("a message is not believed and was put aside", { message: item.id, run: item.runId, why })),
  )
}
