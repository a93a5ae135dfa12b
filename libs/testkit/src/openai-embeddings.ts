/** Embeddings for tests: words decide the vector, so texts that share words lie near each other, and the same text always at the same place. */
import { jsonAnswer, type LoopbackAnswer } from "./loopback-server.ts"
import { type EmbeddingRequest, estimateTokens } from "./openai-request.ts"

/** Makes the vector of one text. */
export type Embed = (text: string, dimensions: number) => ReadonlyArray<number>

const defaultDimensions = 1_536

/** Each word adds one at a place that its hash decides; then the whole has length 1. */
export const wordVector: Embed = (text, dimensions) => {
  const vector = new Float64Array(dimensions)
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [""]) {
    const place = Number(Bun.hash.xxHash32(word)) % dimensions
    vector[place] = (vector[place] ?? 0) + 1
  }
  const length = Math.hypot(...vector)
  return Array.from(vector, (value) => value / length)
}

/** The answer as the API gives it; in base64 (little-endian 32-bit floats) when that was asked for. */
export const embeddingAnswer = (request: EmbeddingRequest, embed: Embed): LoopbackAnswer => {
  const data = request.inputs.map((input, index) => {
    const vector = embed(input, request.dimensions ?? defaultDimensions)
    const embedding = request.base64 ? Buffer.from(new Float32Array(vector).buffer).toString("base64") : vector
    return { object: "embedding", index, embedding }
  })
  const tokens = estimateTokens(request.inputs.join(""))
  return jsonAnswer(200, { object: "list", data, model: request.model, usage: { prompt_tokens: tokens, total_tokens: tokens } })
}
