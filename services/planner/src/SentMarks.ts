import { Sql } from "@ci-fix-pilot/sql/Sql"
import { Context, Effect, Layer, Queue } from "effect"

/** The broker has this dispatch of a command, at this place in its stream. */
export interface SentMark {
  readonly commandId: string
  readonly dispatch: number
  readonly sequence: number
}

/** Marks wait this long for company; a command that is answered meanwhile needs none. The sweep looks at unmarked ones after a second. */
const gather = "100 millis"
const mostAtOnce = 2_000

// Locked in id order, as everywhere, so that nobody waits in a circle.
const markSent = `
with x as (select * from jsonb_to_recordset($1::text::jsonb) as y (id text, dispatch int, sequence float8)),
locked as (select c.command_id from command c join x on c.command_id = x.id where c.sent_at is null and c.closed_at is null order by c.command_id for update of c)
update command c set sent_at = now(), checked_at = now(), stream_seq = x.sequence from x, locked
where c.command_id = x.id and locked.command_id = c.command_id and c.dispatch = x.dispatch and c.sent_at is null and c.closed_at is null`

/** Notes which commands the broker has, many in one commit. A lost note costs one more publish, which the broker drops as a repeat. */
export class SentMarks extends Context.Service<SentMarks, { readonly mark: (marks: ReadonlyArray<SentMark>) => Effect.Effect<void> }>()(
  "ci-fix-pilot/planner/SentMarks",
) {
  static readonly layer = Layer.effect(
    SentMarks,
    Effect.gen(function* () {
      const sql = yield* Sql
      const queue = yield* Queue.unbounded<SentMark>()
      const write = Effect.gen(function* () {
        const first = yield* Queue.take(queue)
        yield* Effect.sleep(gather)
        const marks = [first, ...(yield* Queue.takeBetween(queue, 0, mostAtOnce))]
        const rows = marks.map(({ commandId, dispatch, sequence }) => ({ id: commandId, dispatch, sequence }))
        yield* sql
          .query(markSent, [JSON.stringify(rows)])
          .pipe(
            Effect.catch((error) => Effect.logWarning("sent commands were not marked; the sweep sends them again", { why: error.message })),
          )
      })
      yield* Effect.forkScoped(Effect.forever(write))
      return SentMarks.of({ mark: (marks) => Effect.asVoid(Queue.offerAll(queue, marks)) })
    }),
  )
}
