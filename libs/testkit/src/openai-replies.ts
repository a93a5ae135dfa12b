/** What a scripted OpenAI-compatible server may answer to a chat; made to be imported as a namespace: `openai.says("hello")`. */
import type { LoopbackOutcome } from "./loopback-server.ts"

/** A tool call. `input` is sent as JSON text; a string is sent as it is, so that it may be no JSON at all. */
export interface Call {
  readonly name: string
  readonly input: unknown
  readonly id?: string
}

/** How a stream goes wrong: after so many chunks (of those the whole answer would have). */
export interface Cut {
  readonly afterChunks: number
  readonly how: "stall" | "reset" | "end" | "error" | "garbage"
}

export interface ChatReply {
  readonly kind: "chat"
  readonly text: string
  readonly calls: ReadonlyArray<Call>
  /** `tool_calls` when there are calls, else `stop`. */
  readonly finishReason?: string
  readonly refusal?: string
  /** Estimated from the texts unless told; `false`: a server that reports no usage at all. */
  readonly usage?: { readonly promptTokens: number; readonly completionTokens: number } | false
  readonly cut?: Cut
}

export interface ErrorReply {
  readonly kind: "error"
  readonly status: number
  readonly message: string
  readonly code: string | null
  readonly headers: Readonly<Record<string, string>>
}

export interface WireReply {
  readonly kind: "wire"
  readonly outcome: LoopbackOutcome
}

export type OpenAiReply = ChatReply | ErrorReply | WireReply
type Options = Omit<ChatReply, "kind" | "text" | "calls">

/** An answer of one text. */
export const says = (text: string, options: Options = {}): ChatReply => ({ kind: "chat", text, calls: [], ...options })
/** An answer of these tool calls. */
export const calls = (made: ReadonlyArray<Call>, options: Options = {}): ChatReply => ({ kind: "chat", text: "", calls: made, ...options })
/** An answer of one tool call. */
export const uses = (name: string, input: unknown, options: Options = {}) => calls([{ name, input }], options)

/** An error as the API words it. */
export const fails = (
  status: number,
  text = `scripted ${status}`,
  code: string | null = null,
  headers: Readonly<Record<string, string>> = {},
): ErrorReply => ({ kind: "error", status, message: text, code, headers })
/** 429, with `retry-after` in seconds unless the quota is used up for good. */
export const rateLimited = (retryAfterSeconds?: number) =>
  retryAfterSeconds === undefined
    ? fails(429, "You exceeded your current quota, please check your plan and billing details.", "insufficient_quota")
    : fails(429, "Rate limit reached", "rate_limit_exceeded", { "retry-after": `${retryAfterSeconds}` })
/** 503: the servers are overloaded. */
export const overloaded = () => fails(503, "The engine is currently overloaded, please try again later")

const unfinished = says("never said to the end")
/** A stream that stops sending but stays open. */
export const stalls = (afterChunks = 2, of: ChatReply = unfinished): ChatReply => ({ ...of, cut: { afterChunks, how: "stall" } })
/** A stream whose connection breaks. */
export const breaks = (afterChunks = 2, of: ChatReply = unfinished): ChatReply => ({ ...of, cut: { afterChunks, how: "reset" } })
/** A stream that ends politely without its last chunks. */
export const endsEarly = (afterChunks = 2, of: ChatReply = unfinished): ChatReply => ({ ...of, cut: { afterChunks, how: "end" } })
/** A stream that turns into an error. */
export const failsInStream = (afterChunks = 2): ChatReply => ({ ...unfinished, cut: { afterChunks, how: "error" } })
/** A stream that turns into no JSON. */
export const turnsToGarbage = (afterChunks = 2): ChatReply => ({ ...unfinished, cut: { afterChunks, how: "garbage" } })

/** Never answers at all. */
export const silent: WireReply = { kind: "wire", outcome: "stall" }
/** Breaks the connection before the first byte. */
export const resets: WireReply = { kind: "wire", outcome: "reset" }
/** A proxy's error page, with a 200. */
export const garbage: WireReply = {
  kind: "wire",
  outcome: { status: 200, headers: { "content-type": "text/html" }, pieces: ["<html><body>It works!</body></html>"] },
}
