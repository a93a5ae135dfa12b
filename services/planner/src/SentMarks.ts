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
/** Marks that may wait for a database that stands still. */
const mostWaiting = 20_000

const markSent = "select from mark_sent($1::text::jsonb)"

/** Notes which commands the broker has, many in one commit. A lost note costs one more publish, which the broker drops as a repeat. */
export class SentMarks extends Context.Service<SentMarks, { readonly mark: (marks: ReadonlyArray<SentMark>) => Effect.Effect<void> }>()(
  "ci-fix-pilot/planner/SentMarks",
) {
  static readonly layer = Layer.effect(
    SentMarks,
    Effect.gen(function* () {
      const sql = yield* Sql
      const queue = yield* Queue.dropping<SentMark>(mostWaiting)
      const write = Effect.gen(function* () {
        yield* Queue.peek(queue)
        yield* Effect.sleep(gather)
        const marks = yield* Queue.takeBetween(queue, 1, mostAtOnce)
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
