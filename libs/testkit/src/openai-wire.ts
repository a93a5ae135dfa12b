/** Replies as the chat completions API puts them on the wire: one JSON object, or its stream of chunks. */
import { jsonAnswer, type LoopbackAnswer } from "./loopback-server.ts"
import type { ChatReply } from "./openai-replies.ts"
import { type ChatRequest, estimateTokens } from "./openai-request.ts"

const types: Readonly<Record<number, string>> = { 401: "invalid_request_error", 403: "permission_error", 429: "requests" }

/** An error body as the API words it. */
export const errorAnswer = (status: number, message: string, code: string | null, headers: Readonly<Record<string, string>> = {}) =>
  jsonAnswer(status, errorBody(status, message, code), headers)

const errorBody = (status: number, message: string, code: string | null) => ({
  error: { message, type: types[status] ?? (status >= 500 ? "server_error" : "invalid_request_error"), param: null, code },
})

/** A whole completion, or its stream up to where the reply says that it breaks. */
export const chatAnswer = (request: ChatRequest, reply: ChatReply, id: string): LoopbackAnswer => {
  const head = { id: `chatcmpl-${id}`, created: 1_790_000_000, model: request.model }
  const usage = usageOf(request, reply)
  if (!request.stream) {
    const calls = callsOf(reply, id)
    const message = {
      role: "assistant",
      content: reply.text === "" ? null : reply.text,
      refusal: reply.refusal ?? null,
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    }
    const choices = [{ index: 0, message, logprobs: null, finish_reason: finishOf(reply) }]
    return jsonAnswer(200, { ...head, object: "chat.completion", choices, ...(usage === undefined ? {} : { usage }) })
  }
  const chunks = chunksOf(reply, id).map((choice) => ({ ...head, object: "chat.completion.chunk", choices: [choice] }))
  const last = request.includeUsage && usage !== undefined ? [{ ...head, object: "chat.completion.chunk", choices: [], usage }] : []
  const pieces = [...chunks, ...last].map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).concat("data: [DONE]\n\n")
  const stream = { status: 200, headers: { "content-type": "text/event-stream; charset=utf-8" } }
  if (reply.cut === undefined) return { ...stream, pieces }
  const { afterChunks, how } = reply.cut
  const kept = pieces.slice(0, afterChunks)
  if (how === "garbage") return { ...stream, pieces: [...kept, "data: {oops\n\n"] }
  if (how !== "error") return { ...stream, pieces: kept, ending: how }
  return { ...stream, pieces: [...kept, `data: ${JSON.stringify(errorBody(500, "The server had an error", null))}\n\n`] }
}

const finishOf = (reply: ChatReply) => reply.finishReason ?? (reply.calls.length > 0 ? "tool_calls" : "stop")

const usageOf = (request: ChatRequest, reply: ChatReply) => {
  if (reply.usage === false) return undefined
  const prompt = reply.usage?.promptTokens ?? estimateTokens(request.text)
  const completion = reply.usage?.completionTokens ?? estimateTokens(reply.text + JSON.stringify(reply.calls))
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion }
}

const callsOf = (reply: ChatReply, id: string) =>
  reply.calls.map((call, index) => ({
    id: call.id ?? `call_${id}_${index}`,
    type: "function",
    function: { name: call.name, arguments: typeof call.input === "string" ? call.input : JSON.stringify(call.input) },
  }))

/** Texts and arguments come in two halves each, so that a reader has to join them. */
const chunksOf = (reply: ChatReply, id: string) => {
  const choice = (delta: unknown, finish: string | null = null) => ({ index: 0, delta, logprobs: null, finish_reason: finish })
  return [
    choice({ role: "assistant", content: "" }),
    ...(reply.text === "" ? [] : halves(reply.text).map((content) => choice({ content }))),
    ...(reply.refusal === undefined ? [] : [choice({ refusal: reply.refusal })]),
    ...callsOf(reply, id).flatMap((call, index) => [
      choice({ tool_calls: [{ index, ...call, function: { name: call.function.name, arguments: "" } }] }),
      ...halves(call.function.arguments).map((part) => choice({ tool_calls: [{ index, function: { arguments: part } }] })),
    ]),
    choice({}, finishOf(reply)),
  ]
}

const halves = (text: string) => [text.slice(0, text.length / 2), text.slice(text.length / 2)]
