import type { Signature } from "@ci-fix-pilot/contract/ids"
import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import type { LogDigest } from "@ci-fix-pilot/contract/values"
import { cleanLogLine } from "./clean.ts"
import { digestText } from "./digest.ts"
import { isFrame, isSummary } from "./log-lines.ts"
import { markOf } from "./marks.ts"

/** How many telling lines name a failure: the test and its message; more would let accidental detail in. */
const LINES = 4

const REPLACEMENTS: ReadonlyArray<readonly [RegExp, string]> = [
  [/^##\[error\]/, ""],
  [/^\s*(?:not ok \d+\s*-?|\d+\)(?=\s)|\d+:\d+(?=\s)|[✖✗✘✕×●❯>•]+(?=\s)|\[fail\]:)\s*/, ""],
  [/^\s*(?:# )?error: '(.*)'$/, "$1"],
  [/^# (?=\S)/, ""],
  [/^\s*\w*AssertionError(?: \[\w+\])?: /, ""],
  [/ - error (?=TS\d)/, ": error "],
  [/[_=━─⎯-]{3,}/g, ""],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?/g, "#"],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, "#"],
  // A path's directories belong to the machine; its file name belongs to the failure.
  [/(?:\b(?:file|https?):\/\/)?(?:\b[A-Za-z]:)?[\w.@~+-]{0,100}(?:[/\\][\w.@+~-]{1,100})+/g, "⟨$&⟩"],
  [/⟨[^⟩]*[/\\]([^⟩/\\]+)⟩/g, "$1"],
  [/([\w\])>]):\d+(?::\d+)?\b|([\w>]):?[([]\d+,\d+[)\]]/g, "$1$2"],
  [/\bline \d+(?:, col(?:umn)? \d+)?/gi, "line #"],
  [/0x[0-9a-f]+/gi, "#"],
  [/\b(?=[0-9a-f]{0,6}[0-9])(?=[0-9]{0,6}[a-f])[0-9a-f]{7,64}\b/gi, "#"],
  [/[([]?\b\d+(?:\.\d+)?\s?(?:ms|µs|us|ns|s|secs?|seconds?|min|minutes?|[KMG]i?B|bytes|%)(?![A-Za-z])[)\]]?/g, "#"],
  [/\b\d+ (?=(?:tests?|suites?|passed|failed|failing|passing|errors?|warnings?|problems?|skipped|files?|subtests?)\b)/g, "# "],
  [/\s?\(\d+\)/g, ""],
  [/\btmp[._-]?[A-Za-z0-9_]{4,}/g, "tmp"],
  [/-(?=[a-z]{0,5}[A-Z0-9])[A-Za-z0-9]{6}\b/g, "-#"],
  [/(?<![A-Za-z])\d{4,}(?:\.\d+)?/g, "#"],
  [/\bname=\S+ time=\S+|# time=\S+/g, ""],
  [/[‘’“”`"]/g, "'"],
  [/#+(?:\s*#)*/g, "#"],
  [/[\s:#]+$/, ""],
  [/\s+/g, " "],
]

/** A line without what changes from run to run, machine to machine and branch to branch: directories, positions, times, ids, ports, counts. */
export const normaliseLine = (line: string): string =>
  REPLACEMENTS.reduce((text, [pattern, to]) => text.replace(pattern, to), cleanLogLine(line)).trim()

/**
 * The hash of what a failure says: 16 hex digits over the first few telling lines of its first error, normalised. The same failure
 * has the same signature in the CI's log and in the sandbox's. A raw log may be given; it is digested first.
 */
export const signatureOf = (log: LogDigest | string): Signature => {
  const digest = typeof log === "string" ? digestText(log) : log
  return sha256Hex(tellingLines(digest).join("\n")).slice(0, 16)
}

/** The normalised lines a signature is made of. */
export const tellingLines = (digest: LogDigest): ReadonlyArray<string> => {
  const telling = quoted(digest).map(({ normal }) => normal)
  return telling.length > 0
    ? telling
    : digest.text
        .split("\n")
        .map(normaliseLine)
        .filter((line) => line !== "")
        .slice(0, LINES)
}

/** The same lines as the log has them: what failed, and with which words; nothing if the log does not say. */
export const quotedLines = (digest: LogDigest): ReadonlyArray<string> => quoted(digest).map(({ line }) => line)

interface Quoted {
  readonly line: string
  readonly normal: string
}

const quoted = (digest: LogDigest): ReadonlyArray<Quoted> => {
  if (digest.firstError === undefined) return []
  const block = firstFailure(digest.text.split("\n").slice(digest.firstError))
  const messages = block.filter((line) => /^E {2,}\S/.test(line))
  const chosen = messages.length > 0 ? [...block.slice(0, 1), ...messages] : block.filter(isTelling)
  const kind = markOf(block[0] ?? "")?.kind
  const count = kind === "compile" || kind === "lint" ? 1 : LINES
  return chosen
    .values()
    .map((line): Quoted => ({ line: line.trim(), normal: normaliseLine(line.trim()) }))
    .filter(({ normal }) => /[\p{L}\d]/u.test(normal))
    .take(count)
    .toArray()
}

/** Where a report that has no mark of its own goes on to the next test: pytest, node, mocha. */
const NEXT_TEST = /^_{5,} |^test at \S+:\d+|^ {2}\d+\) \S/

/** Up to the next report of the same kind, or the tool's summary. */
export const firstFailure = (lines: ReadonlyArray<string>): ReadonlyArray<string> => {
  const end = lines.findIndex((line, at) => at > 0 && (isSummary(line) || NEXT_TEST.test(line) || startsAnother(line, lines[0] ?? "")))
  return end === -1 ? lines : lines.slice(0, end)
}

const startsAnother = (line: string, first: string): boolean => {
  const mark = markOf(line)
  return mark !== undefined && mark.rank >= 4 && mark.rank === markOf(first)?.rank
}

const NOISE =
  /^\s*(?:\[INFO\]|(?:Message|Stack|stack|at|operator):|standard: |Require stack:|- (?:\/|[A-Za-z]:)|Node\.js v|1\.\.\d|test at \S+:\d|error: \|-|>?\s*\d+\s*(?:[|│]|\d+\s*[|│])|[|│╵┬]|-->|= note|---$|\.\.\.$|(?:duration_ms|location|failureType|stack|code|name|expected|actual|operator|generatedMessage|requireStack)\b\s*:|self = |\$ |[}\])]+,?$|\d+:\s|\[\d+\/\d+\])/

const isTelling = (line: string): boolean => /[\p{L}\d]/u.test(line) && !isFrame(line) && !NOISE.test(line)
