import type { ChangedFile } from "./changed-file.ts"
import { linesOf } from "./diff.ts"

/** Values too ordinary to say where they come from. */
const ORDINARY =
  /^(?:-?(?:0|1|2|3|10|100|1000|0\.5|60|255)|["'`](?:|\w|utf-?8|string|number|boolean|object|function|undefined|error|test|true|false|default|get|set|GET|POST|id|name|type|value)["'`])$/i
const LITERAL = /"(?:[^"\\\n]|\\.){1,200}"|'(?:[^'\\\n]|\\.){1,200}'|`[^`$\n]{1,200}`|(?<![\w.$#])-?\d[\d_]*(?:\.\d+)?(?![\w.])/g

/** Where a value decides what code does: compared, matched, looked up or handed back as it is. */
const DECIDES: ReadonlyArray<RegExp> = [
  /(?:[=!]==?|\bis\b|\beq\b|<=|>=)\s*(LIT)/g,
  /(LIT)\s*[=!]==?/g,
  /\bcase\s+(LIT)\s*[:,|]/g,
  /(?:^|[,{|(])\s*(LIT)\s*(?:\|[^=\n]{0,80})?=>/g,
  /\bwhen\s+(LIT)/g,
  /\.(?:equals|equalsIgnoreCase|localeCompare|startsWith|endsWith|includes|has|contains|indexOf|test|match)\s*\(\s*(LIT)/g,
  /\bin\s*[[({]\s*(LIT)/g,
  /\breturn\s+(LIT)\s*[;}]?\s*$/g,
  /\?\s*(LIT)\s*:/g,
  /:\s*(LIT)\s*;?\s*$/g,
  /[[,]\s*(LIT)\s*[,\]][^\n]{0,100}\.(?:includes|indexOf|has|some)\b/g,
].map((pattern) => new RegExp(pattern.source.replace("LIT", LITERAL.source), pattern.flags))

/** What a literal stands for, whatever its quotes. */
const contentOf = (literal: string): string => literal.replace(/^["'`]|["'`]$/g, "").replaceAll("_", "")

/**
 * Literals of the failure (its message, the failing tests) that a change makes decide something in code which did not know them before,
 * or in `green`, its text at an earlier green commit: the mark of a fix that only answers the test's question.
 */
export const specialCases = (file: ChangedFile, failure: ReadonlyArray<string>, green = ""): ReadonlyArray<string> => {
  const asked = new Set(failure.flatMap(wordsOf))
  if (asked.size === 0) return []
  const old =
    file.before ??
    linesOf(file.diff, "-")
      .map(({ text }) => text)
      .join("\n")
  const known = new Set(literalsOf(`${old}\n${green}`).map(contentOf))
  const found = linesOf(file.diff, "+").flatMap(({ text }) => {
    if (/^\s*(?:\/\/|#|\*|\/\*|import\b|from\b|export\s.*\bfrom\b|use\b)/.test(text)) return []
    const deciding = DECIDES.flatMap((pattern) => Array.from(text.matchAll(pattern), (match) => match[1] ?? ""))
    return deciding.filter((literal) => !ORDINARY.test(literal) && asked.has(contentOf(literal)) && !known.has(contentOf(literal)))
  })
  return [...new Set(found)].map((literal) => `it decides by ${literal.slice(0, 120)}, a value of the failing test`)
}

const literalsOf = (text: string): ReadonlyArray<string> => text.match(LITERAL) ?? []

/** Numbers that say where and how long, not what: positions, gutters of code frames, times, counts, test numbers. */
const POSITIONS: ReadonlyArray<RegExp> = [
  /:\d+(?::\d+)?(?=[\s)\]:,"']|$)/gm,
  /\(\d+,\d+\)/g,
  /^\s*>?\s*\d+\s*[|│].{0,2}/gm,
  /\bline \d+/gi,
  /\b\d+(?:\.\d+)?\s?(?:ms|s|%|MB|KB)\b/g,
  /\b\d+ (?:tests?|passed|failed|failing|passing|errors?|total|skipped|more)\b/g,
  /\b(?:not ok|ok|exit code|duration_ms:?|pass|fail|tests|suites)\s+\d[\d.]*/g,
  /^(?:\[[\w ]+\]\s*)?\d+\.\.\d+$/gm,
]

/** The values a failure speaks of: its literals, and what stands after expected, actual and the like. */
const wordsOf = (whole: string): ReadonlyArray<string> => {
  const text = POSITIONS.reduce((rest, pattern) => rest.replace(pattern, " "), whole)
  const told = Array.from(
    text.matchAll(/(?:expected|actual|received|got|want|left|right|but was|Expected|Received)\b:?\s*[<"'`]?([^\s"'`<>,;)]{2,100})/g),
    ([, value = ""]) => value,
  )
  return [...literalsOf(text).map(contentOf), ...told].filter((value) => value.length >= 2 || /\d/.test(value))
}
