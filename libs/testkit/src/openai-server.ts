/** An OpenAI-compatible API on loopback (chat completions, embeddings), answering as a script says. */
import { Effect } from "effect"
import { jsonAnswer, type LoopbackOutcome, type LoopbackRequest, type LoopbackServer, startLoopback } from "./loopback-server.ts"
import { type Embed, embeddingAnswer, wordVector } from "./openai-embeddings.ts"
import type { ErrorReply, OpenAiReply, WireReply } from "./openai-replies.ts"
import { type ChatRequest, type EmbeddingRequest, judgeChat, judgeEmbedding } from "./openai-request.ts"
import { chatAnswer, errorAnswer } from "./openai-wire.ts"
import { type ReplyScript, replyScript } from "./reply-script.ts"

export interface OpenAiServerOptions {
  /** The only key that is let in; `test-key` unless told. */
  readonly apiKey?: string
  /** The longest prompt in (estimated) tokens; longer ones get the API's 400. */
  readonly contextTokens?: number
  /** How embeddings are made; by their words unless told. */
  readonly embed?: Embed
}

export interface OpenAiServer extends Omit<LoopbackServer, "requests" | "url">, ReplyScript<ChatRequest, OpenAiReply> {
  /** What `OPENAI_BASE_URL` takes: it ends in `/v1`. */
  readonly url: string
  readonly apiKey: string
  /** Every well-formed chat request, in order. */
  readonly requests: ReadonlyArray<ChatRequest>
  readonly embeddings: ReadonlyArray<EmbeddingRequest>
  /** Every request at all, refused ones too. */
  readonly log: ReadonlyArray<LoopbackRequest>
  /** What to answer to the next embedding requests instead of embeddings, one each. */
  readonly failEmbeddings: (...replies: ReadonlyArray<ErrorReply | WireReply>) => void
}

/** Starts one. Embeddings work unscripted; a chat for which no reply is scripted gets a 500 that says so. */
export const startOpenAi = async (options: OpenAiServerOptions = {}): Promise<OpenAiServer> => {
  const { apiKey = "test-key", contextTokens = 1_000_000, embed = wordVector } = options
  const { script, next } = replyScript<ChatRequest, OpenAiReply>()
  const failures: Array<ErrorReply | WireReply> = []
  const requests: Array<ChatRequest> = []
  const embeddings: Array<EmbeddingRequest> = []

  const answer = async (request: LoopbackRequest): Promise<LoopbackOutcome> => {
    if (request.headers["authorization"] !== `Bearer ${apiKey}`) return errorAnswer(401, "Incorrect API key provided.", "invalid_api_key")
    if (request.method === "GET" && request.path === "/v1/models") return jsonAnswer(200, { object: "list", data: [] })
    if (request.method === "POST" && request.path === "/v1/chat/completions") return answerChat(request)
    if (request.method === "POST" && request.path === "/v1/embeddings") return answerEmbedding(request)
    return errorAnswer(404, `Invalid URL (${request.method} ${request.path})`, null)
  }

  const answerChat = async (request: LoopbackRequest): Promise<LoopbackOutcome> => {
    const judged = judgeChat(request, contextTokens)
    if ("refusal" in judged) return errorAnswer(judged.refusal.status, judged.refusal.message, judged.refusal.code)
    requests.push(judged.ok)
    const reply = await next(judged.ok)
    if (reply === undefined) return errorAnswer(500, `no reply is scripted for request ${requests.length}`, null)
    return reply.kind === "chat" ? chatAnswer(judged.ok, reply, `${requests.length}`) : failure(reply)
  }

  const answerEmbedding = (request: LoopbackRequest): LoopbackOutcome => {
    const judged = judgeEmbedding(request)
    if ("refusal" in judged) return errorAnswer(judged.refusal.status, judged.refusal.message, judged.refusal.code)
    embeddings.push(judged.ok)
    const reply = failures.shift()
    return reply === undefined ? embeddingAnswer(judged.ok, embed) : failure(reply)
  }

  const { requests: log, url, ...server } = await startLoopback(answer)
  const failEmbeddings = (...replies: ReadonlyArray<ErrorReply | WireReply>) => void failures.push(...replies)
  return { ...server, ...script, url: `${url}/v1`, apiKey, requests, embeddings, log, failEmbeddings }
}

const failure = (reply: ErrorReply | WireReply): LoopbackOutcome =>
  reply.kind === "wire" ? reply.outcome : errorAnswer(reply.status, reply.message, reply.code, reply.headers)

/** The same as a scoped resource: stopped with its scope. */
export const openAiServer = (options: OpenAiServerOptions = {}) =>
  Effect.acquireRelease(
    Effect.promise(() => startOpenAi(options)),
    (server) => Effect.promise(() => server.stop()),
  )
