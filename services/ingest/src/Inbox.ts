import type { Event } from "@ci-fix-pilot/contract/events"
import type { RunId } from "@ci-fix-pilot/contract/ids"
import { Context, type Effect, Schema } from "effect"

/** The database did not take what arrived: the sender has to come again. */
export class InboxUnavailable extends Schema.TaggedError<InboxUnavailable>()("InboxUnavailable", { message: Schema.String }) {}

/** The database will never take this one, whatever is tried. */
export class InboxRefused extends Schema.TaggedError<InboxRefused>()("InboxRefused", { message: Schema.String }) {}

/** What arrived, redacted. The same `key` of a `source` is the same arrival. */
export interface Arrival {
  readonly source: "webhook" | "github"
  readonly key: string
  readonly runId: RunId
  readonly event: Event
  readonly bodySha256: string
  readonly messageId: string
  readonly traceparent: string
}

/** `status` is the run's, or `queued` before the planner has seen it. `deduplicated`: somebody reported this before. */
export interface Receipt {
  readonly runId: RunId
  readonly status: string
  readonly deduplicated: boolean
  /** This arrival is the one that was stored. */
  readonly stored: boolean
}

/** What arrived from outside, on disk before anybody is told so. Layer: `Inbox.postgres`. */
export class Inbox extends Context.Service<
  Inbox,
  {
    /** Returns after the commit that holds the arrival. */
    readonly accept: (arrival: Arrival) => Effect.Effect<Receipt, InboxUnavailable | InboxRefused>
    readonly isReachable: Effect.Effect<boolean>
  }
>()("ci-fix-pilot/ingest/Inbox") {}
