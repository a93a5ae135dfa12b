import { Effect, Redacted, Schema } from "effect"
import OpenAI, { APIError } from "openai"
import { boundRequest, countTokens } from "./count-tokens.ts"
import { guardFetch } from "./guard-fetch.ts"
import { limitAnswer, payWhenBroken } from "./limit-answer.ts"
import { type Asks, ModelAway, type ModelReply, type ModelRequest, type ToolCall, type Turn } from "./Model.ts"
import { costUsd } from "./price.ts"
import { connectionErrorOf, failureOf } from "./vendor-failure.ts"
import type { VendorSettings } from "./vendor-settings.ts"

const vendor = "openai"
const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const maybe = <S extends Schema.Top>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))
const CallDelta = Schema.Struct({
  index: maybe(Count),
  id: maybe(Schema.String),
  function: maybe(Schema.Struct({ name: maybe(Schema.String), arguments: maybe(Schema.String) })),
})
const Chunk = Schema.Struct({
  choices: Schema.Array(
    Schema.Struct({
      delta: Schema.Struct({ content: maybe(Schema.String), refusal: maybe(Schema.String), tool_calls: maybe(Schema.Array(CallDelta)) }),
      finish_reason: maybe(Schema.String),
    }),
  ),
  usage: maybe(Schema.Struct({ prompt_tokens: Count, completion_tokens: Count })),
})
const decodeChunk = Schema.decodeUnknownSync(Chunk)
const decodeJson = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))

/** Any OpenAI-compatible chat completions API over the official SDK, streamed so that a stall is noticed. No retries of the SDK's own. */
export const makeOpenAi = (settings: VendorSettings): Asks => {
  const apiKey = Redacted.value(settings.apiKey)
  const client = new OpenAI({
    apiKey,
    baseURL: settings.baseUrl,
    maxRetries: 0,
    timeout: settings.timeoutMs,
    logLevel: "off",
    fetch: guardFetch(settings.stallMs),
  })
  const call = Effect.fnUntraced(function* (request: ModelRequest, maxTokens: number) {
    const answer = yield* Effect.tryPromise({
      try: async (signal) => {
        const chunks = await client.chat.completions.create(paramsOf(request, settings, maxTokens), { signal })
        const gathered = new Gathered()
        for await (const chunk of chunks) gathered.add(decodeChunk(chunk))
        return gathered
      },
      catch: (error) => failureOf(vendor, httpFailureOf(error), [apiKey]),
    }).pipe(
      Effect.timeoutOrElse({
        duration: settings.timeoutMs,
        orElse: () => Effect.fail(new ModelAway({ reason: `${vendor}: no whole answer within ${settings.timeoutMs} ms` })),
      }),
    )
    if (answer.finish === undefined) return yield* new ModelAway({ reason: `${vendor}: the stream ended without its last chunk` })
    return replyOf(answer, request, settings)
  })
  const ask = Effect.fn("Model.openai.ask")(function* (request: ModelRequest) {
    const maxTokens = yield* limitAnswer(request, settings.price)
    return yield* payWhenBroken(request, settings, maxTokens)(call(request, maxTokens))
  })
  return { name: `${vendor} ${settings.model}`, available: Effect.succeed(true), ask }
}

/** OpenAI's own models know only the newer name of the limit, many compatible servers only the older one. */
const limitOf = (baseUrl: string, tokens: number) =>
  new URL(baseUrl).hostname.endsWith("openai.com") ? { max_completion_tokens: tokens } : { max_tokens: tokens }

const paramsOf = (request: ModelRequest, settings: VendorSettings, maxTokens: number): OpenAI.ChatCompletionCreateParamsStreaming => ({
  model: settings.model,
  ...limitOf(settings.baseUrl, maxTokens),
  stream: true,
  stream_options: { include_usage: true },
  messages: [{ role: "system", content: request.system }, ...request.turns.flatMap(paramsOfTurn)],
  tools: request.tools.map(({ name, description, parameters }) => ({
    type: "function" as const,
    function: { name, description, parameters: { ...parameters } },
  })),
})

const paramsOfTurn = (turn: Turn): Array<OpenAI.ChatCompletionMessageParam> => {
  if (turn.role === "user") return [{ role: "user", content: turn.text }]
  if (turn.role === "results") return turn.results.map(({ id, text }) => ({ role: "tool", tool_call_id: id, content: text }))
  const calls = turn.reply.calls.map(({ id, name, input }) => ({
    id,
    type: "function" as const,
    function: { name, arguments: JSON.stringify(input ?? {}) },
  }))
  return [{ role: "assistant", content: turn.reply.text, ...(calls.length === 0 ? {} : { tool_calls: calls }) }]
}

/** What the chunks of a stream have said so far. */
class Gathered {
  text = ""
  refused = false
  finish: string | undefined
  usage: { readonly prompt_tokens: number; readonly completion_tokens: number } | undefined
  readonly calls = new Map<number, { id: string; name: string; json: string }>()

  add(chunk: typeof Chunk.Type) {
    this.usage = chunk.usage ?? this.usage
    for (const choice of chunk.choices.slice(0, 1)) {
      this.text += choice.delta.content ?? ""
      this.refused ||= (choice.delta.refusal ?? "") !== ""
      this.finish = choice.finish_reason ?? this.finish
      for (const call of choice.delta.tool_calls ?? []) this.#addCall(call)
    }
  }

  #addCall(delta: typeof CallDelta.Type) {
    const index = delta.index ?? Math.max(0, this.calls.size - 1)
    const call = this.calls.get(index) ?? { id: `call_${index}`, name: "", json: "" }
    call.id = delta.id ?? call.id
    call.name += delta.function?.name ?? ""
    call.json += delta.function?.arguments ?? ""
    this.calls.set(index, call)
  }
}

const replyOf = (answer: Gathered, request: ModelRequest, settings: VendorSettings): ModelReply => {
  const calls = [...answer.calls.values()]
  // A server that reports no usage is billed by our own count: never nothing.
  const input = answer.usage?.prompt_tokens ?? boundRequest(request)
  const output = answer.usage?.completion_tokens ?? countTokens(answer.text + calls.map((call) => call.json).join(""))
  const stop = stopOf(answer)
  return {
    text: answer.text,
    calls: stop === "length" ? [] : calls.map(toolCallOf),
    stop,
    usage: {
      model: settings.model,
      inputTokens: input,
      outputTokens: output,
      costUsd: costUsd(settings.price, { input, output, cacheRead: 0, cacheWrite: 0 }),
    },
    native: { vendor, content: { text: answer.text, calls } },
  }
}

const toolCallOf = ({ id, name, json }: { readonly id: string; readonly name: string; readonly json: string }): ToolCall => {
  const input = decodeJson(json)
  return { id, name, input: input._tag === "Some" ? input.value : undefined }
}

const stopOf = (answer: Gathered): ModelReply["stop"] => {
  if (answer.refused || answer.finish === "content_filter") return "refused"
  if (answer.finish === "length") return "length"
  return answer.calls.size > 0 ? "calls" : "end"
}

const httpFailureOf = (error: unknown) =>
  error instanceof APIError
    ? {
        status: error.status,
        headers: error.headers,
        message: error.message,
        code: error.code ?? undefined,
        connection: connectionErrorOf(error),
      }
    : { status: undefined, headers: undefined, message: String(error), code: undefined, connection: connectionErrorOf(error) }
