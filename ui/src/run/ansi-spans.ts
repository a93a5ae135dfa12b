import Anser, { type AnserJsonEntry } from "anser"
import { plainLine } from "./plain-line.ts"
import type { Span } from "./spans.ts"

const colour = /^ansi-(?:bright-)?(?:black|red|green|yellow|blue|magenta|cyan|white)$/u
const decorated: ReadonlySet<string> = new Set(["bold", "dim", "italic", "underline", "strikethrough"])

const classesOf = ({ fg, bg, decorations }: AnserJsonEntry): string =>
  [
    ...(colour.test(fg ?? "") ? [fg] : []),
    ...(colour.test(bg ?? "") ? [bg.replace("ansi-", "ansi-on-")] : []),
    ...decorations.filter((one) => decorated.has(one)).map((one) => `ansi-${one}`),
  ].join(" ")

/** What a CI says about a line, error or warning or the beginning of a step, as a class; nothing for most lines. */
const markOf = (text: string): string => {
  const mark = /(?:^|\s)##\[(error|warning|group|command|section)\]/u.exec(text.slice(0, 80))?.[1]
  if (mark === undefined) return ""
  return mark === "error" || mark === "warning" ? `mark-${mark}` : "mark-step"
}

const marked = (line: ReadonlyArray<Span>): ReadonlyArray<Span> => {
  const mark = markOf(line[0]?.text ?? "")
  return mark === "" ? line : line.map(({ text, classes }) => ({ text, classes: `${classes} ${mark}`.trim() }))
}

const plainSpans = (line: string): ReadonlyArray<Span> => {
  const text = plainLine(line)
  return text === "" ? [] : [{ text, classes: "" }]
}

/** What only a terminal understands: without it a text is as it is written. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: this is what is looked for
const forTerminals = /[\u0008\u001b]/u

/** A text with a terminal's colours, as lines of spans; a colour goes on over the end of its line. */
export const ansiLines = (text: string): ReadonlyArray<ReadonlyArray<Span>> => {
  if (!forTerminals.test(text)) return text.split("\n").map((line) => marked(plainSpans(line)))
  const lines: Array<Array<Span>> = [[]]
  for (const entry of Anser.ansiToJson(text, { json: true, use_classes: true, remove_empty: true })) {
    const classes = classesOf(entry)
    for (const [n, part] of entry.content.split("\n").entries()) {
      if (n > 0) lines.push([])
      const plain = plainLine(part)
      if (plain !== "") lines.at(-1)?.push({ text: plain, classes })
    }
  }
  return lines.map(marked)
}
