import type { Range } from "./diff-rows.ts"
import type { Token } from "./highlight.ts"
import type { Span } from "./spans.ts"

const look = (scope: string, changed: boolean): string => [scope === "" ? "" : `hl-${scope}`, changed ? "word" : ""].join(" ").trim()

/** A line cut where its colour changes or a changed word begins or ends. */
export const piecesOf = (text: string, tokens: ReadonlyArray<Token> | undefined, changes: ReadonlyArray<Range>): ReadonlyArray<Span> => {
  const pieces: Array<Span> = []
  let at = 0
  for (const token of tokens ?? [{ text, scope: "" }]) {
    const end = at + token.text.length
    const cuts = changes.flat().filter((cut) => cut > at && cut < end)
    for (const [n, from] of [at, ...cuts].entries()) {
      const to = cuts[n] ?? end
      const changed = changes.some(([start, stop]) => from >= start && to <= stop)
      if (to > from) pieces.push({ text: token.text.slice(from - at, to - at), classes: look(token.scope, changed) })
    }
    at = end
  }
  return pieces
}
