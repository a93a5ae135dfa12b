import { Config, Effect, Layer, Option, Redacted } from "effect"
import * as SlackOff from "./Slack.off.ts"
import * as SlackWebhook from "./Slack.webhook.ts"

/** Slack when `CI_HEALING_SLACK_WEBHOOK_URL` is set, else nothing. */
export const layer = Layer.unwrap(
  Effect.map(Config.option(Config.Redacted("CI_HEALING_SLACK_WEBHOOK_URL")), (url) =>
    Option.isNone(url) || Redacted.value(url.value) === "" ? SlackOff.layer : SlackWebhook.layer(url.value),
  ),
)
