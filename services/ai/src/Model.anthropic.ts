import Anthropic, { APIError } from "@anthropic-ai/sdk"
import { Effect, Redacted, Schema } from "effect"
import { guardFetch } from "./guard-fetch.ts"
import { limitAnswer, payWhenBroken } from "./limit-answer.ts"
import { type Asks, ModelAway, type ModelFailure, type ModelReply, type ModelRequest, type Turn } from "./Model.ts"
import { costUsd } from "./price.ts"
import { connectionErrorOf, failureOf } from "./vendor-failure.ts"
import type { VendorSettings } from "./vendor-settings.ts"

const vendor = "anthropic"
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Cached = Schema.optionalKey(Schema.NullOr(Count))
const Block = Schema.Union([
  Schema.Struct({ type: Schema.Literal("text"), text: Schema.String }),
  Schema.Struct({ type: Schema.Literal("tool_use"), id: Schema.String, name: Schema.String, input: Schema.Unknown }),
  Schema.Struct({ type: Schema.String }),
])
const Message = Schema.Struct({
  content: Schema.Array(Block),
  stop_reason: Schema.NullOr(Schema.String),
  usage: Schema.Struct({
    input_tokens: Count,
    output_tokens: Count,
    cache_creation_input_tokens: Cached,
    cache_read_input_tokens: Cached,
  }),
})
const decode = Schema.decodeUnknownEffect(Message)

/**
 * Claude over the official SDK (Messages API, streamed so that a stall is noticed). No retries of the SDK's own; no sampling
 * parameters and no forced tool, which models that always think refuse.
 */
export const makeAnthropic = (settings: VendorSettings): Asks => {
  const apiKey = Redacted.value(settings.apiKey)
  const client = new Anthropic({
    apiKey,
    baseURL: settings.baseUrl,
    maxRetries: 0,
    timeout: settings.timeoutMs,
    logLevel: "off",
    openTelemetry: false,
    fetch: guardFetch(settings.stallMs),
  })
  const call = Effect.fnUntraced(function* (request: ModelRequest, maxTokens: number) {
    const message = yield* Effect.tryPromise({
      try: (signal) => client.messages.stream(paramsOf(request, settings.model, maxTokens), { signal }).finalMessage(),
      catch: (error) => failureOf(vendor, httpFailureOf(error), [apiKey]),
    }).pipe(Effect.timeoutOrElse({ duration: settings.timeoutMs, orElse: () => Effect.fail(tookTooLong(settings.timeoutMs)) }))
    const decoded = yield* decode(message).pipe(Effect.mapError(() => new ModelAway({ reason: `${vendor}: the answer is no message` })))
    return replyOf(decoded, message.content, settings)
  })
  const ask = Effect.fn("Model.anthropic.ask")(function* (request: ModelRequest) {
    const maxTokens = yield* limitAnswer(request, settings.price)
    return yield* payWhenBroken(request, settings, maxTokens)(call(request, maxTokens))
  })
  return { name: `${vendor} ${settings.model}`, available: Effect.succeed(true), ask }
}

const tookTooLong = (ms: number): ModelFailure => new ModelAway({ reason: `${vendor}: no whole answer within ${ms} ms` })

const paramsOf = (request: ModelRequest, model: string, maxTokens: number): Anthropic.MessageStreamParams => ({
  model,
  max_tokens: maxTokens,
  system: request.system,
  messages: request.turns.map(paramOf),
  tools: request.tools.map(({ name, description, parameters }) => ({
    name,
    description,
    input_schema: parameters as Anthropic.Tool.InputSchema,
  })),
})

const paramOf = (turn: Turn, index: number): Anthropic.MessageParam => {
  // The first turn holds nearly everything and is sent again with every later one: worth caching.
  if (turn.role === "user")
    return { role: "user", content: [{ type: "text", text: turn.text, ...(index === 0 ? { cache_control: { type: "ephemeral" } } : {}) }] }
  if (turn.role === "assistant") return { role: "assistant", content: contentOf(turn.reply) }
  return {
    role: "user",
    content: turn.results.map(({ id, text, isError }) => ({ type: "tool_result", tool_use_id: id, content: text, is_error: isError })),
  }
}

/** A reply as it was given, thinking included; another vendor's reply in words that this API knows. */
const contentOf = (reply: ModelReply): Array<Anthropic.ContentBlockParam> => {
  if (reply.native.vendor === vendor) return reply.native.content as Array<Anthropic.ContentBlockParam>
  const text = reply.text === "" ? [] : [{ type: "text" as const, text: reply.text }]
  return [...text, ...reply.calls.map(({ id, name, input }) => ({ type: "tool_use" as const, id, name, input: input ?? {} }))]
}

const replyOf = (message: typeof Message.Type, content: Anthropic.Message["content"], settings: VendorSettings): ModelReply => {
  const { usage } = message
  const tokens = {
    input: usage.input_tokens,
    cacheWrite: usage.cache_creation_input_tokens ?? 0,
    cacheRead: usage.cache_read_input_tokens ?? 0,
    output: usage.output_tokens,
  }
  const stop = stopOf(message.stop_reason)
  return {
    text: message.content.map((block) => ("text" in block ? block.text : "")).join(""),
    // What a cut-off answer holds of its last call is a guess of the SDK's.
    calls: stop === "length" ? [] : message.content.flatMap((block) => ("input" in block ? [block] : [])),
    stop,
    usage: {
      model: settings.model,
      inputTokens: tokens.input + tokens.cacheWrite + tokens.cacheRead,
      outputTokens: tokens.output,
      costUsd: costUsd(settings.price, tokens),
    },
    // The API refuses empty texts, even its own.
    native: { vendor, content: content.filter((block) => block.type !== "text" || block.text !== "") },
  }
}

const stopOf = (reason: string | null): ModelReply["stop"] => {
  if (reason === "tool_use") return "calls"
  if (reason === "max_tokens" || reason === "model_context_window_exceeded") return "length"
  return reason === "refusal" ? "refused" : "end"
}

const httpFailureOf = (error: unknown) =>
  error instanceof APIError
    ? {
        status: error.status,
        headers: error.headers,
        message: error.apiMessage ?? error.message,
        code: error.type ?? undefined,
        connection: connectionErrorOf(error),
      }
    : { status: undefined, headers: undefined, message: String(error), code: undefined, connection: connectionErrorOf(error) }
