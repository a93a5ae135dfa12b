import { Config, Effect, Layer, Redacted, Schema } from "effect"
import * as SlackOff from "./Slack.off.ts"
import * as SlackWebhook from "./Slack.webhook.ts"

/** The address is a secret: what is wrong with it is said without it. */
class BadWebhook extends Schema.TaggedError<BadWebhook>()("BadWebhook", { message: Schema.String }) {}

const isAddress = (text: string) => /^https?:\/\//u.test(text) && URL.canParse(text)

/** Slack when `CI_HEALING_SLACK_WEBHOOK_URL` is set, else nothing. */
export const layer = Layer.unwrap(
  Effect.gen(function* () {
    const secret = yield* Config.Redacted("CI_HEALING_SLACK_WEBHOOK_URL").pipe(Config.withDefault(Redacted.make("")))
    const url = Redacted.value(secret).trim()
    if (url === "") return SlackOff.layer
    return isAddress(url)
      ? SlackWebhook.layer(Redacted.make(url))
      : yield* new BadWebhook({ message: "CI_HEALING_SLACK_WEBHOOK_URL is no http or https address" })
  }),
)
