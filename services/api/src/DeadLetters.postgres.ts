import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import { Sql } from "@ci-fix-pilot/sql/Sql"
import { Effect, Layer, Option } from "effect"
import { DeadLetters, NoSuchLetter, NotResendable, SentBefore } from "./DeadLetters.ts"
import { letterRows, messageIn, one, resentOf } from "./dead-letter-queries.ts"

/** Refuses while an earlier click's message is on its way or was applied; the letter's lock is the advisory one, as it is not ours to lock. */
const insert = `insert into inbox (source, key, run_id, type, body, body_sha256, message_id, traceparent)
  select 'resend', $1::text || '#' || $2::text, $3, $4, $5::text::jsonb, $6, $7, $8 where not exists (
    select from inbox where source = 'resend' and left(key, length($1::text) + 1) = $1::text || '#' and key <> $1::text || '#' || $2::text
      and (outcome is null or outcome ->> 'result' = 'applied'))
  on conflict do nothing`
const lock = "select pg_advisory_xact_lock(hashtextextended($1, 0))"
const mine = "select 1 as one from inbox where source = 'resend' and key = $1::text || '#' || $2::text"

export const layer = Layer.effect(
  DeadLetters,
  Effect.gen(function* () {
    const sql = yield* Sql
    const find = (id: string) => Effect.map(Effect.flatMap(sql.query(one, [id]), letterRows), ([letter]) => letter)
    return DeadLetters.of({
      resend: Effect.fn("DeadLetters.resend")(function* (id: string, key: string, by: string) {
        const letter = yield* find(id)
        if (letter === undefined) return yield* new NoSuchLetter({ id })
        const message = Option.getOrUndefined(yield* messageIn(letter))
        if (message === undefined) return yield* new NotResendable({ id })
        const { runId, type, traceparent, causedBy, attempt, data } = message
        const body = JSON.stringify({
          type,
          by,
          data,
          ...(causedBy === undefined ? {} : { causedBy }),
          ...(attempt === undefined ? {} : { attempt }),
        })
        const name = `inbox:resend:${sha256Hex(`${letter.messageId}#${key}`).slice(0, 32)}`
        const [stored] = yield* sql.transaction((query) =>
          Effect.gen(function* () {
            yield* query(lock, [letter.messageId])
            yield* query(insert, [letter.messageId, key, runId, type, body, sha256Hex(body), name, traceparent])
            return yield* query(mine, [letter.messageId, key])
          }),
        )
        if (stored === undefined)
          return yield* new SentBefore({
            id,
            how: letter.outcome?.result === "applied" ? "it was sent again and applied" : "it is on its way already",
          })
      }),
      resent: (id) => Effect.map(find(id), (letter) => Option.fromNullishOr(letter === undefined ? null : resentOf(letter))),
    })
  }),
)
