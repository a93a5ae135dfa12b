import { Context, type Effect, Schema } from "effect"
import type { Message } from "./message.ts"

/**
 * Slack did not take a message. `refused`: it never will; `wait`: it was not even sent, or told to come later; `away`: no answer, or a
 * broken one, so the message may stand there all the same. `afterMs`: when to come again.
 */
export class SlackFailed extends Schema.TaggedError<SlackFailed>()("SlackFailed", {
  kind: Schema.Literals(["refused", "wait", "away"]),
  why: Schema.String,
  afterMs: Schema.Int,
}) {}

/** A channel that people read. Layers: `Slack.webhook` and `Slack.off`; both pass `Slack.suite`. */
export class Slack extends Context.Service<
  Slack,
  {
    /** Posts once per key and process: a second call with the same key gets the first one's answer, unless that failed. */
    readonly post: (key: string, message: Message) => Effect.Effect<"slack" | "off", SlackFailed>
    /** What somebody should know and do about the channel. */
    readonly notes: Effect.Effect<ReadonlyArray<string>>
  }
>()("ci-fix-pilot/Slack") {}
