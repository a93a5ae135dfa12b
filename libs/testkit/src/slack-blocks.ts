/** The limits of a message that Slack enforces (https://docs.slack.dev/reference/block-kit/blocks), as far as we use its blocks. */
import { Option, Schema } from "effect"

const text = (max: number) => Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(max))
const plain = (max: number) =>
  Schema.Struct({ type: Schema.Literal("plain_text"), text: text(max), emoji: Schema.optionalKey(Schema.Boolean) })
const any = (max: number) =>
  Schema.Struct({
    type: Schema.Literals(["plain_text", "mrkdwn"]),
    text: text(max),
    emoji: Schema.optionalKey(Schema.Boolean),
    verbatim: Schema.optionalKey(Schema.Boolean),
  })
const blockId = { block_id: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(255))) }
const Button = Schema.Struct({
  type: Schema.Literal("button"),
  text: plain(75),
  url: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(3_000))),
  value: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(2_000))),
  action_id: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(255))),
  style: Schema.optionalKey(Schema.Literals(["primary", "danger"])),
})
const Section = Schema.Struct({
  type: Schema.Literal("section"),
  ...blockId,
  text: Schema.optionalKey(any(3_000)),
  fields: Schema.optionalKey(Schema.Array(any(2_000)).check(Schema.isMinLength(1), Schema.isMaxLength(10))),
  accessory: Schema.optionalKey(Button),
  expand: Schema.optionalKey(Schema.Boolean),
}).check(Schema.makeFilter((section) => section.text !== undefined || section.fields !== undefined || "a section needs text or fields"))
const Block = Schema.Union([
  Section,
  Schema.Struct({ type: Schema.Literal("header"), ...blockId, text: plain(150) }),
  Schema.Struct({ type: Schema.Literal("divider"), ...blockId }),
  Schema.Struct({
    type: Schema.Literal("context"),
    ...blockId,
    elements: Schema.Array(any(2_000)).check(Schema.isMinLength(1), Schema.isMaxLength(10)),
  }),
  Schema.Struct({
    type: Schema.Literal("actions"),
    ...blockId,
    elements: Schema.Array(Button).check(Schema.isMinLength(1), Schema.isMaxLength(25)),
  }),
])

/** A message as an incoming webhook takes it. `fallback` is what a notification shows. */
export const SlackMessage = Schema.Struct({
  text: Schema.optionalKey(Schema.String),
  blocks: Schema.optionalKey(Schema.Array(Block).check(Schema.isMaxLength(50))),
  attachments: Schema.optionalKey(Schema.Array(Schema.Unknown).check(Schema.isMaxLength(100))),
  unfurl_links: Schema.optionalKey(Schema.Boolean),
  unfurl_media: Schema.optionalKey(Schema.Boolean),
  mrkdwn: Schema.optionalKey(Schema.Boolean),
})
export type SlackMessage = typeof SlackMessage.Type

const decode = Schema.decodeUnknownOption(SlackMessage, { onExcessProperty: "error" })
const isObject = Schema.is(Schema.Record(Schema.String, Schema.Unknown))

/** The message, or Slack's word for what is wrong with it. */
export const judgeMessage = (json: unknown): SlackMessage | "invalid_payload" | "invalid_blocks" | "no_text" => {
  if (!isObject(json)) return "invalid_payload"
  const message = Option.getOrUndefined(decode(json))
  if (message === undefined) return "invalid_blocks"
  const empty = (message.text ?? "") === "" && (message.blocks ?? []).length === 0 && (message.attachments ?? []).length === 0
  return empty ? "no_text" : message
}
