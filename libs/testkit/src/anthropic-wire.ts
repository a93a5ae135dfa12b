/** Replies as the Messages API puts them on the wire: one JSON message, or its stream of server-sent events. */
import type { Block, MessageReply } from "./anthropic-replies.ts"
import { type AnthropicRequest, estimateTokens } from "./anthropic-request.ts"
import { jsonAnswer, type LoopbackAnswer } from "./loopback-server.ts"

const types: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  413: "request_too_large",
  429: "rate_limit_error",
  500: "api_error",
  504: "timeout_error",
  529: "overloaded_error",
}

/** An error body as https://platform.claude.com/docs/en/api/errors shows it. */
export const errorAnswer = (status: number, message: string, id: string, headers: Readonly<Record<string, string>> = {}) =>
  jsonAnswer(
    status,
    { type: "error", error: { type: types[status] ?? (status >= 500 ? "api_error" : "invalid_request_error"), message }, request_id: id },
    { "request-id": id, ...headers },
  )

/** A whole message, or its stream up to where the reply says that it breaks. */
export const messageAnswer = (request: AnthropicRequest, reply: MessageReply, id: string): LoopbackAnswer => {
  const whole = messageOf(request, reply, id)
  const headers = { "request-id": id }
  if (!request.stream) return jsonAnswer(200, whole, headers)
  const pieces = eventsOf(whole).map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  const stream = { status: 200, headers: { "content-type": "text/event-stream; charset=utf-8", ...headers } }
  if (reply.cut === undefined) return { ...stream, pieces }
  const { afterEvents, how } = reply.cut
  const kept = pieces.slice(0, afterEvents)
  if (how === "garbage") return { ...stream, pieces: [...kept, "event: content_block_delta\ndata: {oops\n\n"] }
  if (how !== "overloaded") return { ...stream, pieces: kept, ending: how }
  const error = { type: "error", error: { type: "overloaded_error", message: "Overloaded" }, request_id: id }
  return { ...stream, pieces: [...kept, `event: error\ndata: ${JSON.stringify(error)}\n\n`] }
}

const messageOf = (request: AnthropicRequest, reply: MessageReply, id: string) => ({
  id: id.replace("req_", "msg_"),
  type: "message",
  role: "assistant",
  model: request.model,
  content: reply.blocks.map((block, index) => contentOf(block, `${id.replace("req_", "toolu_")}_${index}`)),
  stop_reason: reply.stopReason ?? (reply.blocks.some((block) => block.type === "tool_use") ? "tool_use" : "end_turn"),
  stop_sequence: null,
  usage: {
    input_tokens: reply.inputTokens ?? estimateTokens(request.text),
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: reply.outputTokens ?? estimateTokens(JSON.stringify(reply.blocks)),
  },
})
type Message = ReturnType<typeof messageOf>

const contentOf = (block: Block, id: string) =>
  block.type === "tool_use"
    ? { type: block.type, id: block.id ?? id, name: block.name, input: block.input }
    : block.type === "thinking"
      ? { ...block, signature: "c2lnbmF0dXJl" }
      : block

const eventsOf = (message: Message): ReadonlyArray<{ readonly type: string } & Record<string, unknown>> => [
  {
    type: "message_start",
    message: { ...message, content: [], stop_reason: null, usage: { ...message.usage, output_tokens: 1 } },
  },
  ...message.content.flatMap((block, index) => [
    { type: "content_block_start", index, content_block: emptied(block) },
    ...(index === 0 ? [{ type: "ping" }] : []),
    ...deltasOf(block).map((delta) => ({ type: "content_block_delta", index, delta })),
    { type: "content_block_stop", index },
  ]),
  {
    type: "message_delta",
    delta: { stop_reason: message.stop_reason, stop_sequence: null },
    usage: message.usage,
  },
  { type: "message_stop" },
]

const emptied = (block: ReturnType<typeof contentOf>) =>
  block.type === "tool_use"
    ? { ...block, input: {} }
    : block.type === "thinking"
      ? { ...block, thinking: "", signature: "" }
      : { ...block, text: "" }

/** Two deltas each, so that a reader has to join them. */
const deltasOf = (block: ReturnType<typeof contentOf>): ReadonlyArray<Record<string, unknown>> => {
  if (block.type === "tool_use")
    return halves(JSON.stringify(block.input)).map((json) => ({ type: "input_json_delta", partial_json: json }))
  if (block.type === "text") return halves(block.text).map((text) => ({ type: "text_delta", text }))
  return [
    ...halves(block.thinking).map((thinking) => ({ type: "thinking_delta", thinking })),
    { type: "signature_delta", signature: block.signature },
  ]
}

const halves = (text: string) => [text.slice(0, text.length / 2), text.slice(text.length / 2)]
