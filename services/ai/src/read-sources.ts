import { maxAnswerText } from "@ci-fix-pilot/contract/questions"
import type { Target } from "@ci-fix-pilot/contract/values"
import { Effect, Schema } from "effect"
import type { Place } from "./find-places.ts"
import { Sources } from "./Sources.ts"

/** A part of a file, as the model is shown it. Lines are 1-based. */
export interface Excerpt {
  readonly path: string
  readonly text: string
  readonly fromLine: number
  readonly totalLines: number
}

/** The file has more text than a fix may touch. */
export class FileTooLong extends Schema.TaggedError<FileTooLong>()("FileTooLong", { path: Schema.String }) {}

/** Files up to this length are shown whole, longer ones around the line that was named. */
const wholeLines = 400
const linesBefore = 120
const maxFileCharacters = 1_000_000

/** The files that a failure points at, those that exist, in the given order. Fails when nobody can tell. */
export const readPlaces = Effect.fnUntraced(function* (target: Target, places: ReadonlyArray<Place>) {
  const excerpts = yield* Effect.forEach(places, (place) => readPlace(target, place), { concurrency: 4 })
  return excerpts.filter((excerpt) => excerpt !== undefined)
})

const readPlace = Effect.fnUntraced(function* (target: Target, { path, line = 1 }: Place) {
  const sources = yield* Sources
  const start = Math.max(1, line - linesBefore)
  const near = yield* sources.readFile({ target, path, fromLine: start, toLine: start + wholeLines - 1 })
  if ("missing" in near) return undefined
  const answer = start > 1 && near.totalLines <= wholeLines ? yield* sources.readFile({ target, path }) : near
  const excerpt: Excerpt | undefined = "missing" in answer ? undefined : { path, ...answer }
  return excerpt
})

/** The whole text of a file, piece by piece; undefined when it is not there. Fails when nobody can tell. */
export const readWhole = Effect.fnUntraced(function* (target: Target, path: string) {
  const sources = yield* Sources
  const lines: Array<string> = []
  let characters = 0
  while (true) {
    const answer = yield* sources.readFile(lines.length === 0 ? { target, path } : { target, path, fromLine: lines.length + 1 })
    if ("missing" in answer) return undefined
    const read = answer.text.split("\n")
    // A single line that fills the whole answer was cut.
    if (read.length === 1 && answer.text.length >= maxAnswerText) return yield* new FileTooLong({ path })
    lines.push(...read)
    characters += answer.text.length
    if (lines.length >= answer.totalLines) {
      const text = lines.join("\n")
      return text === "" || answer.finalNewline === false ? text : `${text}\n`
    }
    if (characters > maxFileCharacters) return yield* new FileTooLong({ path })
  }
})
