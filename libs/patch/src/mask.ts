/** How a language writes strings and comments, each as the beginning of what runs to its end. */
const PYTHON = /("""|''')[\s\S]*?(?:\1|$)|(?<!\w)[rbuf]{0,2}"(?:[^"\\\n]|\\[\s\S])*"?|'(?:[^'\\\n]|\\[\s\S])*'?|#[^\n]*/gi
const BRACES =
  /\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*|`[^`]*`?|"""[\s\S]*?(?:"""|$)|\br#*"[\s\S]*?"#*|"(?:[^"\\\n]|\\[\s\S])*"?|'(?:[^'\\\n]|\\.|\\u\{[^}]*\})'/g
const RUBY = /^=begin[\s\S]*?^=end|#(?!\{)[^\n]*|"(?:[^"\\]|\\[\s\S])*"?|'(?:[^'\\]|\\[\s\S])*'?/gm

const SYNTAX = { python: PYTHON, braces: BRACES, ruby: RUBY } as const

/** A language's way with strings and comments. */
export type Syntax = keyof typeof SYNTAX

/** The same text, equally long, with every string and comment blanked, so that brackets and words can be trusted. */
export const mask = (text: string, syntax: Syntax): string => text.replace(SYNTAX[syntax], (match) => match.replace(/[^\n]/g, "~"))

/** The same text without comments; strings stay. */
export const withoutComments = (text: string, syntax: Syntax): string =>
  text.replace(SYNTAX[syntax], (match) => (/^(?:\/\/|\/\*|#|=begin)/.test(match) ? match.replace(/[^\n]/g, " ") : match))

/** Where the bracket that opens at `from` closes; if it does not within `limit`, the end of what was looked at. */
export const closing = (masked: string, from: number, limit = 200_000): number => {
  const end = Math.min(masked.length, from + limit)
  let depth = 0
  for (let at = from; at < end; at += 1) {
    const character = masked[at] ?? ""
    if ("([{".includes(character)) depth += 1
    if (")]}".includes(character)) depth -= 1
    if (depth === 0) return at
  }
  return end
}

/** String and number literals of a text, in order. */
export const literals = (text: string, syntax: Syntax): ReadonlyArray<string> => {
  const code = withoutComments(text, syntax)
  const strings = Array.from(code.matchAll(SYNTAX[syntax]), ([literal]) => literal)
  const numbers = mask(text, syntax).match(/(?<![\w.])-?\d[\w.]*/g) ?? []
  return [...strings, ...numbers]
}

/** The same text, equally long, with the given parts blanked; parts may touch and overlap, in order of their start. */
export const blank = (text: string, parts: ReadonlyArray<readonly [from: number, to: number]>): string => {
  const pieces: Array<string> = []
  let done = 0
  for (const [from, to] of parts) {
    if (to <= done) continue
    pieces.push(text.slice(done, Math.max(done, from)), " ".repeat(to - Math.max(done, from)))
    done = to
  }
  return [...pieces, text.slice(done)].join("")
}
