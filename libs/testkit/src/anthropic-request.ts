/** What a Messages API request must look like, with the API's own words for what is wrong (https://platform.claude.com/docs/en/api/messages). */
import { Option, Schema } from "effect"
import type { LoopbackRequest } from "./loopback-server.ts"

const RequestBlock = Schema.StructWithRest(Schema.Struct({ type: Schema.String }), [Schema.Record(Schema.String, Schema.Unknown)])
type RequestBlock = typeof RequestBlock.Type
const Content = Schema.Union([Schema.String, Schema.Array(RequestBlock)])
const Turn = Schema.Struct({ role: Schema.Literals(["user", "assistant"]), content: Content })
const Tool = Schema.Struct({
  name: Schema.String.check(Schema.isPattern(/^[a-zA-Z0-9_-]{1,128}$/u)),
  description: Schema.optionalKey(Schema.String),
  input_schema: Schema.StructWithRest(Schema.Struct({ type: Schema.Literal("object") }), [Schema.Record(Schema.String, Schema.Unknown)]),
})
const Body = Schema.Struct({
  model: Schema.String,
  max_tokens: Schema.Int.check(Schema.isGreaterThanOrEqualTo(1)),
  messages: Schema.Array(Turn).check(Schema.isMinLength(1)),
  system: Schema.optionalKey(Content),
  tools: Schema.optionalKey(Schema.Array(Tool)),
  stream: Schema.optionalKey(Schema.Boolean),
})

const versions = ["2023-06-01", "2026-10-21"]
/** What API version 2026-10-21 removed (https://platform.claude.com/docs/en/api/migration-2026-10-21). */
const sampling = ["temperature", "top_p", "top_k"]

/** A request for a message. `text` is everything it says: system prompt, turns, tool results. */
export interface AnthropicRequest extends LoopbackRequest {
  readonly model: string
  readonly maxTokens: number
  readonly stream: boolean
  readonly tools: ReadonlyArray<string>
  readonly turns: number
  readonly text: string
}

export type Judged = { readonly ok: AnthropicRequest } | { readonly status: number; readonly message: string }

const decode = Schema.decodeUnknownOption(Body)
const explain = Schema.decodeUnknownResult(Body)

/** The request, or the status and message with which the API refuses it. */
export const judgeRequest = (request: LoopbackRequest, limits: { readonly contextTokens: number; readonly maxBytes: number }): Judged => {
  if (Buffer.byteLength(request.body) > limits.maxBytes)
    return { status: 413, message: `Request exceeds the maximum size of ${limits.maxBytes} bytes` }
  const version = request.headers["anthropic-version"] ?? ""
  if (version === "") return { status: 400, message: "anthropic-version: header is required" }
  if (!versions.includes(version)) return { status: 400, message: `anthropic-version: ${version} is not a valid version` }
  if (request.json === undefined) return { status: 400, message: "The request body is not valid JSON" }
  const body = Option.getOrUndefined(decode(request.json))
  if (body === undefined) {
    const result = explain(request.json)
    return { status: 400, message: result._tag === "Failure" ? result.failure.message : "invalid request" }
  }
  const removed = version === "2023-06-01" ? undefined : sampling.find((name) => name in Object(request.json))
  if (removed !== undefined) return { status: 400, message: `${removed}: Extra inputs are not permitted` }
  const wrong = wrongTurns(body.messages)
  if (wrong !== undefined) return { status: 400, message: wrong }
  const text = [textOf(body.system ?? ""), ...body.messages.map((turn) => textOf(turn.content))].join("\n")
  const tokens = estimateTokens(text)
  if (tokens > limits.contextTokens)
    return { status: 400, message: `prompt is too long: ${tokens} tokens > ${limits.contextTokens} maximum` }
  const { model, max_tokens: maxTokens, stream = false, tools = [] } = body
  return { ok: { ...request, model, maxTokens, stream, tools: tools.map((tool) => tool.name), turns: body.messages.length, text } }
}

/** Four bytes a token: near enough for limits and bills in tests. */
export const estimateTokens = (text: string): number => Math.ceil(Buffer.byteLength(text) / 4)

/** Texts say something, and each tool call is answered in the very next turn, and nothing else is. */
const wrongTurns = (turns: ReadonlyArray<typeof Turn.Type>): string | undefined => {
  if (turns[0]?.role !== "user") return "messages: first message must use the user role"
  for (const [index, turn] of turns.entries()) {
    if (blocksOf(turn.content).some((block) => block.type === "text" && block["text"] === ""))
      return `messages.${index}: text content blocks must be non-empty`
    const before = index === 0 ? undefined : turns[index - 1]
    const called = new Set(before?.role === "assistant" ? ids(before.content, "tool_use", "id") : [])
    const answered = turn.role === "user" ? ids(turn.content, "tool_result", "tool_use_id") : []
    const stray = answered.find((id) => !called.has(id))
    if (stray !== undefined) return `messages.${index}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray}`
    const missing = [...called].find((id) => !answered.includes(id))
    if (missing !== undefined)
      return `messages.${index - 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${missing}`
  }
  return undefined
}

const blocksOf = (content: typeof Content.Type): ReadonlyArray<RequestBlock> =>
  typeof content === "string" ? [{ type: "text", text: content }] : content

const ids = (content: typeof Content.Type, type: string, field: string): ReadonlyArray<string> =>
  blocksOf(content)
    .filter((block) => block.type === type)
    .map((block) => String(block[field]))

const textOf = (content: typeof Content.Type): string =>
  blocksOf(content)
    .map((block) =>
      block.type === "text" ? String(block["text"]) : block.type === "tool_result" ? String(block["content"]) : JSON.stringify(block),
    )
    .join("\n")
