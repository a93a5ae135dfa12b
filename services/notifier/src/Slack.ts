import { Context, type Effect, Schema } from "effect"
import type { Message } from "./message.ts"

/** Slack did not take a message. `permanent`: it never will (a revoked webhook, a bad payload); `afterMs`: it said how long to wait. */
export class SlackFailed extends Schema.TaggedError<SlackFailed>()("SlackFailed", {
  why: Schema.String,
  permanent: Schema.Boolean,
  afterMs: Schema.optionalKey(Schema.Int),
}) {}

/** A channel that people read. Layers: `Slack.webhook` and `Slack.off`. */
export class Slack extends Context.Service<Slack, { readonly post: (message: Message) => Effect.Effect<"slack" | "off", SlackFailed> }>()(
  "ci-fix-pilot/Slack",
) {}
