import { RunId } from "@ci-fix-pilot/contract/ids"
import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import { ReviewAction } from "@ci-fix-pilot/contract/values"
import { rowsOf, Sql } from "@ci-fix-pilot/sql/Sql"
import { Effect, Layer, Option, Schema } from "effect"
import { KeyReused, NoSuchRun, Outcome, type Review, Reviews } from "./Reviews.ts"

const storedRows = rowsOf(Schema.Struct({ known: Schema.Boolean, fresh: Schema.Boolean, before: Schema.NullOr(Schema.String) }))
const givenRows = rowsOf(Schema.Struct({ runId: RunId, action: ReviewAction, outcome: Schema.NullOr(Outcome) }))

/** One statement: whether the run is known, and if so the word is stored unless its key was used before. */
const insert = `
with known as (select exists (select from run where run_id = $2) or exists (select from inbox where run_id = $2) as known),
inserted as (
  insert into inbox (source, key, run_id, type, body, body_sha256, message_id, traceparent)
  select 'review', $1, $2, 'review-given', $3::text::jsonb, $4, $5, $6 from known where known
  on conflict do nothing returning key
)
select known, exists (select from inserted) as fresh, (select body_sha256 from inbox where source = 'review' and key = $1) as before from known`

export const layer = Layer.effect(
  Reviews,
  Effect.gen(function* () {
    const { query } = yield* Sql
    const store = Effect.fn("Reviews.store")(function* ({ runId, key, messageId, traceparent, data }: Review) {
      const { action, reviewer, note = null, patchSha256 = null, expectedPhase = null } = data
      const body = JSON.stringify({ type: "review-given", data })
      const sha256 = sha256Hex(JSON.stringify([action, reviewer, note, patchSha256, expectedPhase]))
      const [row] = yield* query(insert, [`${runId}:${key}`, runId, body, sha256, messageId, traceparent]).pipe(Effect.flatMap(storedRows))
      if (row?.known !== true) return yield* new NoSuchRun({ runId })
      if (row.fresh) return true
      if (row.before === sha256) return false
      // Two of the same key at the same moment: the statement saw neither row; the second look sees the one that won.
      const [other] =
        row.before === null ? yield* query("select body_sha256 from inbox where source = 'review' and key = $1", [`${runId}:${key}`]) : []
      return other?.["body_sha256"] === sha256 ? false : yield* new KeyReused({ key })
    })
    return Reviews.of({
      store,
      find: (messageId) =>
        query(
          `select run_id as "runId", body -> 'data' ->> 'action' as action, outcome from inbox where message_id = $1 and source = 'review'`,
          [messageId],
        ).pipe(
          Effect.flatMap(givenRows),
          Effect.map(([row]) =>
            Option.map(Option.fromNullishOr(row), ({ runId, action, outcome }) => ({
              runId,
              action,
              outcome: Option.fromNullishOr(outcome),
            })),
          ),
        ),
    })
  }),
)
