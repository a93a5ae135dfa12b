/** What chat and embedding requests must look like (https://platform.openai.com/docs/api-reference). */
import { Option, Schema } from "effect"
import type { LoopbackRequest } from "./loopback-server.ts"

const Part = Schema.Struct({ type: Schema.String, text: Schema.optionalKey(Schema.String) })
const Content = Schema.NullOr(Schema.Union([Schema.String, Schema.Array(Part)]))
const ToolCall = Schema.Struct({
  id: Schema.String,
  type: Schema.Literal("function"),
  function: Schema.Struct({ name: Schema.String, arguments: Schema.String }),
})
const ChatMessage = Schema.Struct({
  role: Schema.Literals(["system", "developer", "user", "assistant", "tool"]),
  content: Schema.optionalKey(Content),
  tool_calls: Schema.optionalKey(Schema.Array(ToolCall)),
  tool_call_id: Schema.optionalKey(Schema.String),
})
type ChatMessage = typeof ChatMessage.Type
const ChatTool = Schema.Struct({
  type: Schema.Literal("function"),
  function: Schema.Struct({
    name: Schema.String.check(Schema.isPattern(/^[a-zA-Z0-9_-]{1,64}$/u)),
    parameters: Schema.optionalKey(Schema.Unknown),
  }),
})
const ChatBody = Schema.Struct({
  model: Schema.String,
  messages: Schema.Array(ChatMessage).check(Schema.isMinLength(1)),
  tools: Schema.optionalKey(Schema.Array(ChatTool)),
  stream: Schema.optionalKey(Schema.NullOr(Schema.Boolean)),
  stream_options: Schema.optionalKey(Schema.NullOr(Schema.Struct({ include_usage: Schema.optionalKey(Schema.Boolean) }))),
  max_tokens: Schema.optionalKey(Schema.NullOr(Schema.Int)),
  max_completion_tokens: Schema.optionalKey(Schema.NullOr(Schema.Int)),
})
const EmbeddingBody = Schema.Struct({
  model: Schema.String,
  input: Schema.Union([Schema.String, Schema.Array(Schema.String).check(Schema.isMinLength(1))]),
  dimensions: Schema.optionalKey(Schema.Int),
  encoding_format: Schema.optionalKey(Schema.Literals(["float", "base64"])),
})

/** A request for a chat completion. `text` is everything it says; `maxTokens` is whichever of the two limits was sent. */
export interface ChatRequest extends LoopbackRequest {
  readonly model: string
  readonly maxTokens: number | undefined
  readonly stream: boolean
  readonly includeUsage: boolean
  readonly tools: ReadonlyArray<string>
  readonly turns: number
  readonly text: string
}

/** A request for embeddings of `inputs`. */
export interface EmbeddingRequest extends LoopbackRequest {
  readonly model: string
  readonly inputs: ReadonlyArray<string>
  readonly dimensions: number | undefined
  readonly base64: boolean
}

/** Why a request is refused, in the API's words. */
export interface Refusal {
  readonly status: number
  readonly message: string
  readonly code: string | null
}

/** Four bytes a token: near enough for limits and bills in tests. */
export const estimateTokens = (text: string): number => Math.ceil(Buffer.byteLength(text) / 4)

const refuse = (status: number, message: string, code: string | null = null): { readonly refusal: Refusal } => ({
  refusal: { status, message, code },
})
const why = (schema: Schema.Codec<unknown, unknown>, json: unknown) => {
  const result = Schema.decodeUnknownResult(schema)(json)
  return result._tag === "Failure" ? result.failure.message : "invalid request"
}
const decodeChat = Schema.decodeUnknownOption(ChatBody)
const decodeEmbedding = Schema.decodeUnknownOption(EmbeddingBody)

/** The chat request, or why the API refuses it. */
export const judgeChat = (
  request: LoopbackRequest,
  contextTokens: number,
): { readonly ok: ChatRequest } | { readonly refusal: Refusal } => {
  const body = Option.getOrUndefined(decodeChat(request.json))
  if (body === undefined) return refuse(400, request.json === undefined ? "We could not parse the JSON body" : why(ChatBody, request.json))
  const limits = [body.max_tokens ?? undefined, body.max_completion_tokens ?? undefined].filter((limit) => limit !== undefined)
  if (limits.length > 1) return refuse(400, "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.")
  const wrong = wrongTurns(body.messages)
  if (wrong !== undefined) return refuse(400, wrong)
  const text = body.messages.map((message) => textOf(message.content ?? null)).join("\n")
  const tokens = estimateTokens(text)
  if (tokens > contextTokens) {
    const told = `This model's maximum context length is ${contextTokens} tokens. However, your messages resulted in ${tokens} tokens.`
    return refuse(400, told, "context_length_exceeded")
  }
  const tools = (body.tools ?? []).map((tool) => tool.function.name)
  const stream = body.stream ?? false
  const includeUsage = body.stream_options?.include_usage ?? false
  return { ok: { ...request, model: body.model, maxTokens: limits[0], stream, includeUsage, tools, turns: body.messages.length, text } }
}

/** The embedding request, or why the API refuses it. */
export const judgeEmbedding = (request: LoopbackRequest): { readonly ok: EmbeddingRequest } | { readonly refusal: Refusal } => {
  const body = Option.getOrUndefined(decodeEmbedding(request.json))
  if (body === undefined)
    return refuse(400, request.json === undefined ? "We could not parse the JSON body" : why(EmbeddingBody, request.json))
  const inputs = typeof body.input === "string" ? [body.input] : body.input
  if (inputs.some((input) => input === "")) return refuse(400, "'$.input' is invalid: an input must not be empty")
  return { ok: { ...request, model: body.model, inputs, dimensions: body.dimensions, base64: body.encoding_format === "base64" } }
}

const textOf = (content: typeof Content.Type): string =>
  content === null ? "" : typeof content === "string" ? content : content.map((part) => part.text ?? "").join("\n")

/** Each tool call must be answered by a `tool` message before anything else is said. */
const wrongTurns = (messages: ReadonlyArray<ChatMessage>): string | undefined => {
  let open = new Set<string>()
  for (const [index, message] of messages.entries()) {
    if (message.role === "tool") {
      if (!open.delete(message.tool_call_id ?? ""))
        return `messages.[${index}].role: messages with role 'tool' must be a response to a preceding message with 'tool_calls'.`
      continue
    }
    if (open.size > 0) return unanswered(open)
    open = new Set((message.tool_calls ?? []).map((call) => call.id))
  }
  return open.size > 0 ? unanswered(open) : undefined
}

const unanswered = (open: ReadonlySet<string>) =>
  `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. Missing: ${[...open].join(", ")}`
