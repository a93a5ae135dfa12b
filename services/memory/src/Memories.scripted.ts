import type { Match } from "@ci-fix-pilot/contract/values"
import type { SqlError } from "@ci-fix-pilot/sql/Sql"
import { Effect, Layer } from "effect"
import { type Embedded, Memories, type Remembered } from "./Memories.ts"

/** A memory for tests: answers as told and writes down what it was asked to keep and how it was asked. */
export const make = (answer: Effect.Effect<ReadonlyArray<Match>, SqlError>) => {
  const kept: Array<readonly [Remembered, Embedded]> = []
  const asked: Array<Embedded> = []
  const layer = Layer.succeed(
    Memories,
    Memories.of({
      remember: (memory, embedded) =>
        Effect.andThen(
          answer,
          Effect.sync(() => void kept.push([memory, embedded])),
        ),
      recall: (_, embedded) =>
        Effect.andThen(
          Effect.sync(() => void asked.push(embedded)),
          answer,
        ),
    }),
  )
  return { kept, asked, layer }
}
