import type { EventData } from "@ci-fix-pilot/contract/events"
import type { RunId } from "@ci-fix-pilot/contract/ids"
import type { SqlError } from "@ci-fix-pilot/sql/Sql"
import { Context, type Effect, type Option, Schema } from "effect"

/** A reviewer's word on its way to the planner. The same `key` of a run is the same word. */
export interface Review {
  readonly runId: RunId
  readonly key: string
  readonly messageId: string
  readonly traceparent: string
  readonly data: EventData<"review-given">
}

/** What the planner made of it: `status` is the run's afterwards. */
export const Outcome = Schema.Struct({
  result: Schema.Literals(["applied", "ignored", "conflict"]),
  status: Schema.String,
  why: Schema.optionalKey(Schema.String),
})
export type Outcome = typeof Outcome.Type

/** As it stands in the inbox. `outcome`: none while the planner has not seen it. */
export interface Given {
  readonly runId: RunId
  readonly action: EventData<"review-given">["action"]
  readonly outcome: Option.Option<Outcome>
}

/** The key was used before, for something else. */
export class KeyReused extends Schema.TaggedError<KeyReused>()("KeyReused", { key: Schema.String }) {}
/** There is no such run. */
export class NoSuchRun extends Schema.TaggedError<NoSuchRun>()("NoSuchRun", { runId: Schema.String }) {}

/** Reviewers' words, on disk before anybody is told so; the planner answers there. Layer: `Reviews.postgres`. */
export class Reviews extends Context.Service<
  Reviews,
  {
    /** True when it is new, false when the same word is there already. */
    readonly store: (review: Review) => Effect.Effect<boolean, SqlError | KeyReused | NoSuchRun>
    readonly find: (messageId: string) => Effect.Effect<Option.Option<Given>, SqlError>
  }
>()("ci-fix-pilot/api/Reviews") {}
