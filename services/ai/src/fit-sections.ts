import { countTokens } from "./count-tokens.ts"

/** A part of a prompt, more important than those after it. */
export interface Section {
  readonly name: string
  readonly text: string
  /** The part of the whole budget that it may take, 0 to 1. */
  readonly share: number
  /** The zero-based line to keep in view when it is cut; its beginning unless told. */
  readonly focus?: number
}

/** A section as far as there was room: whole, cut, or not in the list at all. */
export interface Fitted {
  readonly name: string
  readonly text: string
  readonly cut: boolean
}

/** Below this many tokens a piece of a section tells nothing. */
const leastTokens = 60

/** Fits sections into a budget of tokens, in order. What one does not use is left for the next. */
export const fitSections = (sections: ReadonlyArray<Section>, maxTokens: number): ReadonlyArray<Fitted> => {
  let left = maxTokens
  return sections.flatMap((section) => {
    const room = Math.min(left, Math.floor(maxTokens * section.share))
    const text = cutToFit(section.text, room, section.focus ?? 0)
    if (text === undefined) return []
    left -= countTokens(text)
    return [{ name: section.name, text, cut: text !== section.text }]
  })
}

/** A text of at most so many tokens: whole, or the lines around `focus` with a note of what is missing; undefined when there is no room. */
export const cutToFit = (text: string, maxTokens: number, focus: number): string | undefined => {
  if (countTokens(text) <= maxTokens) return text
  if (maxTokens < leastTokens) return undefined
  const lines = text.split("\n").map((line) => (line.length > 500 ? `${line.slice(0, 500)}[...]` : line))
  const room = maxTokens - 2 * noteTokens
  const middle = Math.min(Math.max(0, focus), lines.length - 1)
  let from = middle
  let to = middle
  let used = 0
  const take = (at: number) => {
    const tokens = countTokens(`${lines[at] ?? ""}\n`)
    if (used + tokens > room) return false
    used += tokens
    return true
  }
  if (!take(middle)) return undefined
  // A third of the room for what stands before the focus, the rest for what follows.
  while (from > 0 && used < room / 3 && take(from - 1)) from -= 1
  while (to < lines.length - 1 && take(to + 1)) to += 1
  while (from > 0 && take(from - 1)) from -= 1
  return [...note(from), ...lines.slice(from, to + 1), ...note(lines.length - 1 - to)].join("\n")
}

const noteTokens = 16
const note = (lines: number) => (lines === 0 ? [] : [`[... ${lines} lines left out ...]`])
