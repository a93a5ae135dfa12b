/** Anthropic's Messages API on loopback, answering as a script says, for the official SDK and for services under test. */
import { Effect } from "effect"
import type { AnthropicReply } from "./anthropic-replies.ts"
import { type AnthropicRequest, estimateTokens, judgeRequest } from "./anthropic-request.ts"
import { errorAnswer, messageAnswer } from "./anthropic-wire.ts"
import { jsonAnswer, type LoopbackOutcome, type LoopbackRequest, type LoopbackServer, startLoopback } from "./loopback-server.ts"
import { type ReplyScript, replyScript } from "./reply-script.ts"

export interface AnthropicServerOptions {
  /** The only key that is let in; `test-key` unless told. */
  readonly apiKey?: string
  /** The longest prompt in (estimated) tokens; longer ones get the API's 400. */
  readonly contextTokens?: number
  /** The largest request in bytes; larger ones get a 413. The API's own limit unless told. */
  readonly maxBytes?: number
}

export interface AnthropicServer extends Omit<LoopbackServer, "requests">, ReplyScript<AnthropicRequest, AnthropicReply> {
  readonly apiKey: string
  /** Every well-formed request for a message, in order. */
  readonly requests: ReadonlyArray<AnthropicRequest>
  /** Every request at all, refused ones too. */
  readonly log: ReadonlyArray<LoopbackRequest>
}

/** Starts one. `url` is what `ANTHROPIC_BASE_URL` takes. A request that no reply is scripted for gets a 500 that says so. */
export const startAnthropic = async (options: AnthropicServerOptions = {}): Promise<AnthropicServer> => {
  const { apiKey = "test-key", contextTokens = 1_000_000, maxBytes = 32 * 1024 * 1024 } = options
  const { script, next } = replyScript<AnthropicRequest, AnthropicReply>()
  const requests: Array<AnthropicRequest> = []
  let count = 0

  const answer = async (request: LoopbackRequest): Promise<LoopbackOutcome> => {
    count += 1
    const id = `req_${count.toString().padStart(24, "0")}`
    const key = keyOf(request)
    if (key !== apiKey) return errorAnswer(401, key === undefined ? "x-api-key header is required" : "invalid x-api-key", id)
    const path = request.path.replace(/\?.*$/, "")
    if (request.method !== "POST" || !["/v1/messages", "/v1/messages/count_tokens"].includes(path)) return errorAnswer(404, "Not Found", id)
    if (path.endsWith("count_tokens")) return jsonAnswer(200, { input_tokens: estimateTokens(request.body) }, { "request-id": id })
    const judged = judgeRequest(request, { contextTokens, maxBytes })
    if (!("ok" in judged)) return errorAnswer(judged.status, judged.message, id)
    requests.push(judged.ok)
    const reply = await next(judged.ok)
    if (reply === undefined) return errorAnswer(500, `no reply is scripted for request ${requests.length}`, id)
    if (reply.kind === "wire") return reply.outcome
    if (reply.kind === "error") return errorAnswer(reply.status, reply.message, id, reply.headers)
    return messageAnswer(judged.ok, reply, id)
  }

  const { requests: log, ...server } = await startLoopback(answer)
  return { ...server, ...script, apiKey, requests, log }
}

/** SDKs send the key as a bearer token since API version 2026-10-21, in `x-api-key` before; the API takes both. */
const keyOf = (request: LoopbackRequest): string | undefined =>
  request.headers["x-api-key"] ?? request.headers["authorization"]?.replace(/^Bearer /u, "")

/** The same as a scoped resource: stopped with its scope. */
export const anthropicServer = (options: AnthropicServerOptions = {}) =>
  Effect.acquireRelease(
    Effect.promise(() => startAnthropic(options)),
    (server) => Effect.promise(() => server.stop()),
  )
