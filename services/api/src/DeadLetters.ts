import type { Resent } from "@ci-fix-pilot/contract/metrics-view"
import type { SqlError } from "@ci-fix-pilot/sql/Sql"
import { Context, type Effect, type Option, Schema } from "effect"

/** There is no such letter. */
export class NoSuchLetter extends Schema.TaggedError<NoSuchLetter>()("NoSuchLetter", { id: Schema.String }) {}
/** No schema fits what the letter holds, or it is something that the planner notices by itself. */
export class NotResendable extends Schema.TaggedError<NotResendable>()("NotResendable", { id: Schema.String }) {}
/** It was sent again before, by another click: it was applied, or is on its way. */
export class SentBefore extends Schema.TaggedError<SentBefore>()("SentBefore", { id: Schema.String, how: Schema.String }) {}

/**
 * Messages that could not be applied. Sending one again puts it into the inbox, where the planner looks for what nobody has told it: it is
 * applied exactly once for each key. Layer: `DeadLetters.postgres`.
 */
export class DeadLetters extends Context.Service<
  DeadLetters,
  {
    readonly resend: (id: string, key: string, by: string) => Effect.Effect<void, SqlError | NoSuchLetter | NotResendable | SentBefore>
    /** The last time it was sent again. */
    readonly resent: (id: string) => Effect.Effect<Option.Option<Resent>, SqlError>
  }
>()("ci-fix-pilot/api/DeadLetters") {}
