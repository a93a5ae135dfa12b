/**
 * Read-only questions about the files of a failing commit, asked by request and reply (`asks.readFile`, `search`, `list`). An answer is
 * bounded, redacted, and never a truth: without an answer the asker goes on. Paths are relative to the repository's root.
 */
import { Schema } from "effect"
import { Target } from "./values.ts"

const Count = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Positive = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))
const Path = Schema.String.check(Schema.isMaxLength(500))
/** There is nothing there that could be read, and why: asking again changes nothing. */
const Missing = Schema.Struct({ missing: Schema.String.check(Schema.isMaxLength(500)) })

/** In the place of any answer: it cannot be said just now, and why. It says nothing about what is there. */
export const Away = Schema.Struct({ away: Schema.String.check(Schema.isMaxLength(500)) })
export type Away = typeof Away.Type

/** Characters of file text in one answer; what lies beyond is cut at a line's end. */
export const maxAnswerText = 64_000
/** Search hits or paths in one answer, whatever limit was asked for. */
export const maxAnswerItems = 500

/** Lines `fromLine` to `toLine` of a text file (1-based, both included; the whole file unless told). */
export const ReadFileQuestion = Schema.Struct({
  target: Target,
  path: Path,
  fromLine: Schema.optionalKey(Positive),
  toLine: Schema.optionalKey(Positive),
})
export type ReadFileQuestion = typeof ReadFileQuestion.Type
/**
 * `text` starts at `fromLine`, without the line feed of its last line; fewer lines than asked for when the answer would be too long.
 * `finalNewline: false`: the file's last line, which this answer reaches, ends without a line feed.
 */
export const ReadFileAnswer = Schema.Union([
  Schema.Struct({
    text: Schema.String.check(Schema.isMaxLength(maxAnswerText)),
    fromLine: Positive,
    totalLines: Count,
    finalNewline: Schema.optionalKey(Schema.Boolean),
  }),
  Missing,
])
export type ReadFileAnswer = typeof ReadFileAnswer.Type

/** Lines that contain `text` literally, in text files. */
export const SearchQuestion = Schema.Struct({
  target: Target,
  text: Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(300)),
  limit: Count,
})
export type SearchQuestion = typeof SearchQuestion.Type
/** Hits in path order; each line is cut to 300 characters. */
export const SearchAnswer = Schema.Union([
  Schema.Struct({
    hits: Schema.Array(Schema.Struct({ path: Path, line: Positive, text: Schema.String.check(Schema.isMaxLength(300)) })).check(
      Schema.isMaxLength(maxAnswerItems),
    ),
  }),
  Missing,
])
export type SearchAnswer = typeof SearchAnswer.Type

/** Paths of files, all or those below the directory `under`. */
export const ListQuestion = Schema.Struct({ target: Target, under: Schema.optionalKey(Path), limit: Count })
export type ListQuestion = typeof ListQuestion.Type
/** Paths in order; `total` counts those beyond the limit too. */
export const ListAnswer = Schema.Union([
  Schema.Struct({ paths: Schema.Array(Path).check(Schema.isMaxLength(maxAnswerItems)), total: Count }),
  Missing,
])
export type ListAnswer = typeof ListAnswer.Type
