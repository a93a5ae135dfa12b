import { SqlError } from "@ci-fix-pilot/sql/Sql"
import { it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { describe, expect } from "vitest"
import { EmbeddingFailed, Embeddings } from "./Embeddings.ts"
import * as Scripted from "./Memories.scripted.ts"
import { handle } from "./remember.ts"
import { logs, rememberCommand } from "./stories.suite.ts"

const vector = { model: "small/2", vector: [1, 0] }
const rememberWith = (
  answer: Effect.Effect<typeof vector, EmbeddingFailed>,
  database: Effect.Effect<ReadonlyArray<never>, SqlError> = Effect.succeed([]),
) => {
  const texts: Array<string> = []
  const memories = Scripted.make(database)
  const embeddings = Layer.succeed(
    Embeddings,
    Embeddings.of({
      embed: (text) => {
        texts.push(text)
        return answer
      },
      notes: Effect.succeed([]),
    }),
  )
  return { texts, memories, answer: handle(rememberCommand(1)).pipe(Effect.provide([memories.layer, embeddings])) }
}

describe("remembering", () => {
  it.effect("keeps the attempt under one name, however often it is delivered", () =>
    Effect.gen(function* () {
      const { answer, memories, texts } = rememberWith(Effect.succeed(vector))
      const [first, again] = [yield* answer, yield* answer]
      expect(first).toEqual({ type: "remembered", data: { memoryId: expect.stringMatching(/^mem_[0-9a-f]{24}$/u) } })
      expect(again).toEqual(first)
      expect(texts).toEqual([logs.cart, logs.cart])
      expect(memories.kept.map(([{ memoryId, runId, outcome }, embedded]) => [memoryId, runId, outcome, embedded])).toEqual(
        Array(2).fill([first.data.memoryId, rememberCommand(1).runId, "merged", vector]),
      )
    }),
  )

  it.effect("is tried again when the database is away", () =>
    Effect.gen(function* () {
      const away = new SqlError({ message: "terminating connection", code: "57P01", retryable: true })
      const error = yield* Effect.flip(rememberWith(Effect.succeed(vector), Effect.fail(away)).answer)
      expect(error).toMatchObject({ _tag: "Retry", reason: "the database: terminating connection (57P01)" })
    }),
  )

  it.effect("is tried again when the embedding service is away, and waits as told when it is busy", () =>
    Effect.gen(function* () {
      const failing = (failure: EmbeddingFailed) => Effect.flip(rememberWith(Effect.fail(failure)).answer)
      const away = yield* failing(new EmbeddingFailed({ why: "did not answer", permanent: false }))
      expect(away).toMatchObject({ _tag: "Retry", reason: "did not answer", afterMs: 120_000 })
      expect(away.uncounted).toBeUndefined()
      expect(yield* failing(new EmbeddingFailed({ why: "429", permanent: false, afterMs: 90_000 }))).toMatchObject({
        afterMs: 90_000,
        uncounted: true,
      })
    }),
  )

  it.effect("keeps it all the same when the embedding service refuses for good", () =>
    Effect.gen(function* () {
      const { answer, memories } = rememberWith(Effect.fail(new EmbeddingFailed({ why: "401", permanent: true })))
      expect(yield* answer).toMatchObject({ type: "remembered" })
      expect(memories.kept.map(([, { model }]) => model)).toEqual(["hashed-384"])
    }),
  )
})
