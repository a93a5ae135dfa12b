import { cleanLine, cleanText } from "@ci-fix-pilot/failure/clean"

/** Cuts at a word where one is near. */
export const cut = (text: string, most: number): string => {
  if (text.length <= most) return text
  const head = text.slice(0, most - 1)
  const space = head.lastIndexOf(" ")
  return `${(space > most * 0.7 ? head.slice(0, space) : head).trimEnd().toWellFormed()}…`
}

/** One line of a stranger's words, without anything hidden. */
const oneLine = (text: string): string => cleanLine(text.replace(/\s+/gu, " ")).replace(/\s+/gu, " ").trim()

/** Seen by nobody; stands in what GitHub would otherwise take for a mention, a reference or a link. */
const zeroWidth = "\u200b"

/**
 * A stranger's words as Markdown prose: what they look like is what they say. No markup, no HTML, no links; nobody is mentioned, and
 * no issue is referred to or closed (GitHub reads `@name`, `#1`, `GH-1` and addresses after rendering, so they are broken up).
 */
export const prose = (text: string, most: number): string =>
  cut(oneLine(text), most)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\\`*_[\]|~$]/gu, "\\$&")
    .replace(/#(?=\S)/gu, `#${zeroWidth}`)
    .replaceAll("@", `@${zeroWidth}`)
    .replace(/\b(gh-)(?=\d)/giu, `$1${zeroWidth}`)
    .replace(/(\/(?:issues|pull)\/)(?=\d)/gu, `$1${zeroWidth}`)
    .replaceAll("://", `:${zeroWidth}//`)
    .replace(/\bwww\./giu, `www${zeroWidth}.`)
    .replace(/^(?:[-+=#]|\d+[.)])/u, "\\$&")
    .replace(/^\\(\d+)/u, "$1\\")

/**
 * Text that is shown as it is. GitHub leaves code alone, but a squash merge may copy the description into a commit message, where
 * there is no code: so what would mention somebody or close an issue is broken up here too.
 */
const quiet = (text: string): string =>
  text
    .replace(/(?<![A-Za-z0-9])@(?=[A-Za-z0-9])/gu, `@${zeroWidth}`)
    .replace(/#(?=\d)/gu, `#${zeroWidth}`)
    .replace(/\b(gh-)(?=\d)/giu, `$1${zeroWidth}`)
    .replace(/(\/(?:issues|pull)\/)(?=\d)/gu, `$1${zeroWidth}`)

/** A run of backticks longer than any in the text, at least `least`. */
const ticks = (text: string, least: number): string =>
  "`".repeat(Math.max(least, 1 + Math.max(0, ...(text.match(/`+/gu) ?? []).map((run) => run.length))))

/** A code span of one line, in which ⏎ stands for a line break. Safe in a table cell too. */
export const code = (text: string, most: number): string => {
  const shown = quiet(cut(oneLine(text.trim().replace(/\s*\n\s*/gu, " ⏎ ")), most)).replaceAll("|", "\\|")
  if (shown === "") return "–"
  const fence = ticks(shown, 1)
  const pad = shown.startsWith("`") || shown.endsWith("`") ? " " : ""
  return `${fence}${pad}${shown}${pad}${fence}`
}

/** A code block. `exact` leaves names and numbers as they are, for lines that people copy. */
export const block = (text: string, most: number, language: string, exact = false): string => {
  const cleaned = cleanText(text).trimEnd()
  const whole = cleaned.length <= most ? cleaned : `${cleaned.slice(0, most).toWellFormed()}\n…`
  const shown = exact ? whole : quiet(whole)
  const fence = ticks(shown, 3)
  return `${fence}${language}\n${shown}\n${fence}`
}
