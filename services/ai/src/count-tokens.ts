import type { ModelRequest, Turn } from "./Model.ts"

/** A token of prose or code is about this many bytes or more with the tokenizers we know. */
const bytesPerToken = 2.5

/** About how many tokens a text is, on the high side: for fitting text into a prompt. */
export const countTokens = (text: string): number => Math.ceil(Buffer.byteLength(text) / bytesPerToken)

/** What vendors add to a request of their own, above all to one with tools. */
const overheadTokens = 1_000
/** Roles and brackets around a turn or a result. */
const turnOverhead = 16

/**
 * At most how many tokens a request sends: for money. No tokenizer makes more tokens of a text than it has bytes; what an earlier
 * reply has already been billed for is known exactly.
 */
export const boundRequest = (request: ModelRequest): number => {
  const last = request.turns.findLastIndex((turn) => turn.role === "assistant")
  const turn = request.turns[last]
  const known = turn?.role === "assistant" ? turn.reply.usage.inputTokens + turn.reply.usage.outputTokens : undefined
  const before = known ?? overheadTokens + Buffer.byteLength(request.system) + Buffer.byteLength(JSON.stringify(request.tools))
  return request.turns.slice(last + 1).reduce((sum, each) => sum + boundTurn(each), before)
}

const boundTurn = (turn: Turn): number => {
  if (turn.role === "user") return turnOverhead + Buffer.byteLength(turn.text)
  if (turn.role === "assistant") return turnOverhead + Buffer.byteLength(JSON.stringify(turn.reply.native.content))
  return turn.results.reduce((sum, result) => sum + turnOverhead + Buffer.byteLength(result.text), 0)
}
