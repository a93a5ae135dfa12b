import { maxAnswerText } from "@ci-fix-pilot/contract/questions"
import { Effect, Layer } from "effect"
import { Sources } from "./Sources.ts"

/** Sources out of a table of path and text, for tests: the same answers as the validator gives. */
export const of = (files: Readonly<Record<string, string>>) =>
  Sources.of({
    readFile: ({ path, fromLine = 1, toLine }) =>
      Effect.sync(() => {
        const text = files[path]
        if (text === undefined) return { missing: `${path}: no such file` }
        const lines = text.replace(/\n$/u, "").split("\n")
        const kept: Array<string> = []
        let characters = 0
        for (const line of lines.slice(fromLine - 1, toLine)) {
          characters += line.length + 1
          if (characters > maxAnswerText) break
          kept.push(line)
        }
        const reachesEnd = fromLine - 1 + kept.length >= lines.length
        const answer = { text: kept.join("\n") || (lines[fromLine - 1] ?? "").slice(0, maxAnswerText), fromLine, totalLines: lines.length }
        return reachesEnd && !text.endsWith("\n") ? { ...answer, finalNewline: false } : answer
      }),
    search: ({ text, limit }) =>
      Effect.sync(() => ({
        hits: Object.entries(files)
          .flatMap(([path, content]) => content.split("\n").map((line, index) => ({ path, line: index + 1, text: line.slice(0, 300) })))
          .filter((hit) => hit.text.includes(text))
          .slice(0, limit),
      })),
    list: ({ under = "", limit }) =>
      Effect.sync(() => {
        const paths = Object.keys(files).filter((path) => path.startsWith(under))
        return { paths: paths.sort().slice(0, limit), total: paths.length }
      }),
  })

export const layer = (files: Readonly<Record<string, string>>) => Layer.succeed(Sources, of(files))
