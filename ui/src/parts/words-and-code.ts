/** A piece of a text: words, or what stood between backticks. */
export interface Piece {
  readonly text: string
  readonly code: boolean
}

const quoted = /`([^`\n]+)`/gu

/** A text cut where code stands between backticks, as in `npm test`; a backtick without its partner is a letter like any other. */
export const wordsAndCode = (text: string): ReadonlyArray<Piece> => {
  const pieces: Array<Piece> = []
  let at = 0
  for (const found of text.matchAll(quoted)) {
    if (found.index > at) pieces.push({ text: text.slice(at, found.index), code: false })
    pieces.push({ text: found[1] ?? "", code: true })
    at = found.index + found[0].length
  }
  return at < text.length ? [...pieces, { text: text.slice(at), code: false }] : pieces
}
