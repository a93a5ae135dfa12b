import type { Target } from "@ci-fix-pilot/contract/values"
import { Effect, Option, Schema } from "effect"
import type { Frame } from "./frame-text.ts"
import type { ToolCall, ToolResult } from "./Model.ts"
import { Sources } from "./Sources.ts"
import { ListFiles, ReadFile, SearchFiles } from "./tools.ts"

type Result = Omit<ToolResult, "id">

const maxLines = 400
const maxCharacters = 24_000
const maxHits = 60
const maxPaths = 300

/** Answers a call that reads, as framed data; undefined for any other call. A file that cannot be had is an answer too. */
export const useReadTools = (target: Target, frame: Frame) => {
  const tools: Readonly<Record<string, (input: unknown) => Effect.Effect<Result, never, Sources>>> = {
    read_file: withInput(ReadFile, ({ path, fromLine = 1, toLine }) =>
      Effect.map(
        Sources.use((sources) =>
          sources.readFile({ target, path, fromLine, toLine: Math.min(toLine ?? fromLine + maxLines - 1, fromLine + maxLines - 1) }),
        ),
        (answer) =>
          "missing" in answer
            ? failed(frame.around("missing", path, answer.missing))
            : found(frame.around("file", `${path} from line ${fromLine} of ${answer.totalLines}`, answer.text.slice(0, maxCharacters))),
      ),
    ),
    search_files: withInput(SearchFiles, ({ text }) =>
      Effect.map(
        Sources.use((sources) => sources.search({ target, text, limit: maxHits })),
        (answer) =>
          "missing" in answer
            ? failed(frame.around("missing", text, answer.missing))
            : found(frame.around("hits", text, answer.hits.map((hit) => `${hit.path}:${hit.line}: ${hit.text}`).join("\n") || "none")),
      ),
    ),
    list_files: withInput(ListFiles, ({ under }) =>
      Effect.map(
        Sources.use((sources) => sources.list({ target, limit: maxPaths, ...(under === undefined ? {} : { under }) })),
        (answer) =>
          "missing" in answer
            ? failed(frame.around("missing", under ?? ".", answer.missing))
            : found(frame.around("paths", `${answer.paths.length} of ${answer.total}`, answer.paths.join("\n") || "none")),
      ),
    ),
  }
  return (call: ToolCall): Effect.Effect<Result | undefined, never, Sources> => tools[call.name]?.(call.input) ?? Effect.succeed(undefined)
}

const found = (text: string): Result => ({ text, isError: false })
const failed = (text: string): Result => ({ text, isError: true })

const withInput = <A>(schema: Schema.Codec<A, unknown>, run: (input: A) => Effect.Effect<Result, { readonly reason: string }, Sources>) => {
  const decode = Schema.decodeUnknownOption(schema)
  return (input: unknown) =>
    Option.match(decode(input), {
      onNone: () => Effect.succeed(failed("the input does not fit the tool's schema")),
      onSome: (decoded) => Effect.catch(run(decoded), () => Effect.succeed(failed("the files cannot be read just now"))),
    })
}
