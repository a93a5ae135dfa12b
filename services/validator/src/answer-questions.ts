/**
 * Answers read-only questions about the files of a failing commit: `ask.validator.read-file`, `search`, `list`. Everything comes from
 * git's objects, is bounded, and has its secrets removed. What is not there is answered so; what cannot be looked at just now, with that.
 */
import {
  type Away,
  type ListAnswer,
  ListQuestion,
  maxAnswerItems,
  maxAnswerText,
  type ReadFileAnswer,
  ReadFileQuestion,
  type SearchAnswer,
  SearchQuestion,
} from "@ci-fix-pilot/contract/questions"
import { asks } from "@ci-fix-pilot/contract/subjects"
import { redactText } from "@ci-fix-pilot/failure/redact"
import { Effect, Layer, Schema } from "effect"
import { keepAnswering } from "./keep-answering.ts"
import { isPlainPath } from "./workspace/plain-path.ts"
import { type CommitUnusable, Workspace, type WorkspaceUnavailable } from "./workspace/Workspace.ts"

const largestFile = 2 * 1024 * 1024
const longestLine = 300
const longestPath = 500
/** Bytes of hits in one answer; a message has 256 KB. */
const mostHitBytes = 128 * 1024
/** Whoever asks has stopped waiting by then. */
const answerWithin = "30 seconds"

const missing = (why: string) => ({ missing: why.slice(0, 500) })
const away = (why: string): Away => ({ away: why.slice(0, 500) })

/** The first items whose sizes together stay within `most`. */
const fitting = <A>(items: ReadonlyArray<A>, most: number, sizeOf: (item: A) => number): ReadonlyArray<A> => {
  let size = 0
  const end = items.findIndex((item) => {
    size += sizeOf(item)
    return size > most
  })
  return end < 0 ? items : items.slice(0, end)
}

/** As many whole lines as fit; of a first line that does not, its beginning. */
const textOf = (lines: ReadonlyArray<string>): string =>
  fitting(lines, maxAnswerText, (line) => line.length + 1).join("\n") || (lines[0] ?? "").slice(0, maxAnswerText)

export const readFile = Effect.fn("validator.read-file")(function* ({ target, path, fromLine = 1, toLine }: ReadFileQuestion) {
  if (!isPlainPath(path)) return missing("it is no path of a file in the repository")
  const workspace = yield* Workspace
  const content = (yield* workspace.read(target, [path], largestFile)).get(path)
  if (content === undefined) return missing("there is no regular file of at most 2 MiB at this path")
  if (content.subarray(0, 8_000).includes(0)) return missing("it is binary")
  const whole = content.toString("utf8")
  const lines = redactText(whole).replace(/\n$/u, "").split("\n")
  const wanted = lines.slice(fromLine - 1, toLine)
  const text = textOf(wanted)
  const reachesEnd = fromLine - 1 + wanted.length >= lines.length && text === wanted.join("\n")
  const end = reachesEnd && !whole.endsWith("\n") ? { finalNewline: false } : {}
  const answer: ReadFileAnswer = { text, fromLine, totalLines: lines.length, ...end }
  return answer
})

export const search = Effect.fn("validator.search")(function* ({ target, text, limit }: SearchQuestion) {
  if (text.includes("\n") || text.includes("\0")) return missing("a search is for text within one line")
  const workspace = yield* Workspace
  const found = yield* workspace.search(target, text, Math.min(limit, maxAnswerItems))
  const hits = found
    .filter(({ path }) => path.length <= longestPath)
    .map(({ path, line, text }) => ({ path, line, text: redactText(text).replaceAll("\n", "").slice(0, longestLine) }))
  const answer: SearchAnswer = { hits: fitting(hits, mostHitBytes, ({ path, text }) => Buffer.byteLength(path + text) + 40) }
  return answer
})

export const list = Effect.fn("validator.list")(function* ({ target, under, limit }: ListQuestion) {
  const directory = under?.replace(/\/+$/u, "") ?? ""
  if (directory !== "" && directory !== "." && !isPlainPath(directory)) return missing("it is no path of a directory in the repository")
  const prefix = directory === "" || directory === "." ? "" : `${directory}/`
  const workspace = yield* Workspace
  const paths = (yield* workspace.entries(target)).map(({ path }) => path).filter((path) => path.startsWith(prefix))
  const shown = paths.filter((path) => path.length <= longestPath).slice(0, Math.min(limit, maxAnswerItems))
  const answer: ListAnswer = { paths: fitting(shown, mostHitBytes, (path) => Buffer.byteLength(path) + 3), total: paths.length }
  return answer
})

/** Decodes a question, answers it in time, and turns every trouble into an answer. */
const answering = <Question, Answer>(
  schema: Schema.Codec<Question, unknown>,
  answer: (question: Question) => Effect.Effect<Answer, WorkspaceUnavailable | CommitUnusable, Workspace>,
) => {
  const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(schema))
  return (text: string) =>
    decode(text).pipe(
      Effect.flatMap(answer),
      Effect.timeout(answerWithin),
      Effect.catchTags({
        SchemaError: ({ message }) => Effect.succeed(missing(message)),
        CommitUnusable: ({ message }) => Effect.succeed(missing(message)),
        WorkspaceUnavailable: ({ message }) => Effect.succeed(away(message)),
        TimeoutError: () => Effect.succeed(away(`it took longer than ${answerWithin}`)),
      }),
      Effect.catchCause((cause) => Effect.as(Effect.logError("a question could not be answered", cause), away("it failed"))),
      Effect.map((answered) => JSON.stringify(answered)),
    )
}

export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const context = yield* Effect.context<Workspace>()
    const questions = [
      [asks.readFile, answering(ReadFileQuestion, readFile)],
      [asks.search, answering(SearchQuestion, search)],
      [asks.list, answering(ListQuestion, list)],
    ] as const
    for (const [subject, handler] of questions) yield* keepAnswering(subject, (text) => Effect.provideContext(handler(text), context))
  }),
)
