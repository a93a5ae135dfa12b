import type { LogDigest } from "@ci-fix-pilot/contract/values"

/** Characters of a digest that are compared. Embedding models take 8,192 tokens (https://platform.openai.com/docs/guides/embeddings), a log's token has over two characters. */
export const maxCharacters = 12_000

/** Lines in front of the first error that still tell something: the command, the test's name. */
const linesBefore = 5

/** What of a digest is compared: all of it, or the part that begins shortly before its first error. */
export const tellingText = ({ text, firstError = 0 }: Pick<LogDigest, "text" | "firstError">, max = maxCharacters): string => {
  if (text.length <= max) return text.toWellFormed()
  const before = text.split("\n").slice(0, Math.max(0, firstError - linesBefore))
  const start = before.reduce((length, line) => length + line.length + 1, 0)
  const from = Math.max(0, Math.min(start, text.length - max))
  // A character cut in two by the window is no character.
  return text.slice(from, from + max).toWellFormed()
}
