import type { ModelRequest, Turn } from "./Model.ts"

/** A token is at least this many bytes of prose or code with any tokenizer we know; counting so errs on the dear side. */
const bytesPerToken = 2.5

/** At most how many tokens a text is. */
export const countTokens = (text: string): number => Math.ceil(Buffer.byteLength(text) / bytesPerToken)

/** At most how many tokens a request sends. */
export const countRequest = (request: ModelRequest): number =>
  countTokens(request.system) + countTokens(JSON.stringify(request.tools)) + request.turns.reduce((sum, turn) => sum + countTurn(turn), 0)

/** Roles and brackets around a turn or a result. */
const overhead = 16

const countTurn = (turn: Turn): number => {
  if (turn.role === "user") return overhead + countTokens(turn.text)
  if (turn.role === "assistant") return overhead + countTokens(JSON.stringify(turn.reply.native.content))
  return turn.results.reduce((sum, result) => sum + overhead + countTokens(result.text), 0)
}
