import { messageInLetter } from "@ci-fix-pilot/contract/dead-letter"
import type { DeadLetter } from "@ci-fix-pilot/contract/metrics-view"
import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import { rowsOf } from "@ci-fix-pilot/sql/Sql"
import { Effect, Option, Schema } from "effect"

const summaryLength = 400

export const letterRows = rowsOf(
  Schema.Struct({
    messageId: Schema.String,
    runId: Schema.NullOr(Schema.String),
    text: Schema.String,
    why: Schema.String,
    at: Schema.Date,
    resentAt: Schema.NullOr(Schema.Date),
    resentBy: Schema.NullOr(Schema.String),
    outcome: Schema.NullOr(
      Schema.Struct({ result: Schema.Literals(["applied", "ignored", "conflict"]), why: Schema.optionalKey(Schema.String) }),
    ),
  }),
)
export type Letter = Effect.Success<ReturnType<typeof letterRows>>[number]

/** The last time that a letter was sent again: such an inbox row's key is the letter's message id, `#` and the click's own key. */
const lastResend = `left join lateral (select received_at, body ->> 'by' as by, outcome from inbox
    where source = 'resend' and left(key, length(d.message_id) + 1) = d.message_id || '#' order by received_at desc limit 1) r on true`
const columns = `d.message_id as "messageId", d.run_id as "runId", d.text, d.why, d.at, r.received_at as "resentAt", r.by as "resentBy", r.outcome`

export const newest = `select ${columns} from dead_letter d ${lastResend} order by d.at desc, d.message_id limit 20`
/** A letter by its name in URLs. */
export const one = `select ${columns} from dead_letter d ${lastResend} where encode(sha256(convert_to(d.message_id, 'utf8')), 'hex') = $1`
/** Those that were not sent again with success. */
export const countOpen = `select count(*)::int as count from dead_letter d ${lastResend} where (r.outcome ->> 'result') is distinct from 'applied'`

/** The message that a letter holds, if it is one that the planner could apply: not what the planner noticed itself, nor what no schema fits. */
export const messageIn = ({ text }: Pick<Letter, "text">) => Effect.option(messageInLetter(text))

/** The last time that a letter was sent again. */
export const resentOf = ({ resentAt, resentBy, outcome }: Letter): DeadLetter["resent"] =>
  resentAt === null
    ? null
    : {
        at: resentAt.toISOString(),
        by: resentBy ?? "api",
        result: outcome?.result ?? "pending",
        ...(outcome?.why === undefined ? {} : { why: outcome.why.slice(0, 500) }),
      }

/** A letter as people read it. */
export const showLetter = (letter: Letter) =>
  Effect.map(
    messageIn(letter),
    (message): DeadLetter => ({
      // Its name in URLs: message ids are longer than that, and hold any sign.
      id: sha256Hex(letter.messageId),
      messageId: letter.messageId,
      runId: letter.runId ?? Option.getOrNull(Option.map(message, ({ runId }) => runId)),
      type: Option.getOrNull(Option.map(message, ({ type }) => type)),
      summary: letter.text.slice(0, summaryLength),
      why: letter.why.slice(0, 500),
      at: letter.at.toISOString(),
      resendable: Option.isSome(message),
      resent: resentOf(letter),
    }),
  )
