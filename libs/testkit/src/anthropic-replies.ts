/** What a scripted Anthropic server may answer; made to be imported as a namespace: `anthropic.says("hello")`. */
import type { LoopbackOutcome } from "./loopback-server.ts"

/** A block of an assistant's message. A tool's `input` is any JSON object, even one that its schema forbids. */
export type Block =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "thinking"; readonly thinking: string }
  | { readonly type: "tool_use"; readonly name: string; readonly input: unknown; readonly id?: string }

/** How a stream goes wrong: after so many events (of those the whole message would have). */
export interface Cut {
  readonly afterEvents: number
  readonly how: "stall" | "reset" | "end" | "overloaded" | "garbage"
}

export interface MessageReply {
  readonly kind: "message"
  readonly blocks: ReadonlyArray<Block>
  /** `tool_use` when there is a tool call, else `end_turn`. */
  readonly stopReason?: string
  /** Estimated from the texts unless told. */
  readonly inputTokens?: number
  readonly outputTokens?: number
  readonly cut?: Cut
}

export interface ErrorReply {
  readonly kind: "error"
  readonly status: number
  readonly message: string
  readonly headers: Readonly<Record<string, string>>
}

export interface WireReply {
  readonly kind: "wire"
  readonly outcome: LoopbackOutcome
}

export type AnthropicReply = MessageReply | ErrorReply | WireReply
type Options = Omit<MessageReply, "kind" | "blocks">

/** A whole message of these blocks. */
export const message = (blocks: ReadonlyArray<Block>, options: Options = {}): MessageReply => ({ kind: "message", blocks, ...options })
/** A message of one text. */
export const says = (text: string, options: Options = {}) => message([{ type: "text", text }], options)
/** A message of one tool call. */
export const uses = (name: string, input: unknown, options: Options = {}) => message([{ type: "tool_use", name, input }], options)

/** An error with the type and body that the API gives for this status. */
export const fails = (status: number, text = `scripted ${status}`, headers: Readonly<Record<string, string>> = {}): ErrorReply => ({
  kind: "error",
  status,
  message: text,
  headers,
})
/** 429, with `retry-after` in seconds unless the limit is one that names no time. */
export const rateLimited = (retryAfterSeconds?: number) =>
  fails(
    429,
    "This request would exceed your organization's rate limit",
    retryAfterSeconds === undefined ? {} : { "retry-after": `${retryAfterSeconds}` },
  )
/** 529: the API is overloaded. */
export const overloaded = () => fails(529, "Overloaded")

/** A stream that stops sending but stays open. */
export const stalls = (afterEvents = 3, of: MessageReply = says("never said to the end")): MessageReply => ({
  ...of,
  cut: { afterEvents, how: "stall" },
})
/** A stream whose connection breaks. */
export const breaks = (afterEvents = 3, of: MessageReply = says("never said to the end")): MessageReply => ({
  ...of,
  cut: { afterEvents, how: "reset" },
})
/** A stream that ends politely without its last events. */
export const endsEarly = (afterEvents = 3, of: MessageReply = says("never said to the end")): MessageReply => ({
  ...of,
  cut: { afterEvents, how: "end" },
})
/** A stream that turns into an `error` event, as under load. */
export const failsInStream = (afterEvents = 3): MessageReply => ({ ...says("never"), cut: { afterEvents, how: "overloaded" } })
/** A stream that turns into no JSON. */
export const turnsToGarbage = (afterEvents = 3): MessageReply => ({ ...says("never"), cut: { afterEvents, how: "garbage" } })

/** Never answers at all. */
export const silent: WireReply = { kind: "wire", outcome: "stall" }
/** Breaks the connection before the first byte. */
export const resets: WireReply = { kind: "wire", outcome: "reset" }
/** A proxy's error page, with a 200. */
export const garbage: WireReply = {
  kind: "wire",
  outcome: { status: 200, headers: { "content-type": "text/html" }, pieces: ["<html><body>It works!</body></html>"] },
}
