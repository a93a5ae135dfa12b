import { Retry } from "@ci-fix-pilot/actor/outcome"
import type { Match } from "@ci-fix-pilot/contract/values"
import { SqlError } from "@ci-fix-pilot/sql/Sql"
import { it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { describe, expect } from "vitest"
import { EmbeddingFailed, Embeddings } from "./Embeddings.ts"
import * as Scripted from "./Memories.scripted.ts"
import { handle } from "./recall.ts"
import { patchOf, recallCommand, signatureOf } from "./stories.suite.ts"
import { patchBudget, withinBudget } from "./within-budget.ts"

const match = (n: number, padding = 0): Match => ({
  memoryId: `mem_${n}`,
  score: 1,
  why: "the same failure",
  signature: signatureOf(n),
  repository: "acme/shop",
  branch: "main",
  outcome: "merged",
  strategy: "revert",
  summary: `summary ${n}`,
  patch: patchOf(n, padding),
  provenance: { runId: "run_000000000000000000000001", commitSha: "c".repeat(40) },
})
const vector = { model: "small/2", vector: [1, 0] }
const embedding = (answer: Effect.Effect<typeof vector, EmbeddingFailed>) =>
  Layer.succeed(Embeddings, Embeddings.of({ embed: () => answer, notes: Effect.succeed([]) }))
const recallWith = (answer: Effect.Effect<typeof vector, EmbeddingFailed>, found: Effect.Effect<ReadonlyArray<Match>, SqlError>) => {
  const memories = Scripted.make(found)
  return { memories, answer: handle(recallCommand()).pipe(Effect.provide([memories.layer, embedding(answer)])) }
}

describe("recalling", () => {
  it.effect("answers with what was found, the same each time it is delivered", () =>
    Effect.gen(function* () {
      const { answer, memories } = recallWith(Effect.succeed(vector), Effect.succeed([match(1)]))
      const event = { type: "recalled", data: { matches: [match(1)] } }
      expect([yield* answer, yield* answer]).toEqual([event, event])
      expect(memories.asked).toEqual([vector, vector])
    }),
  )

  it.effect("says so when there is nothing", () =>
    Effect.gen(function* () {
      expect(yield* recallWith(Effect.succeed(vector), Effect.succeed([])).answer).toEqual({ type: "recalled", data: { matches: [] } })
    }),
  )

  it.effect("is tried again when the database is away", () =>
    Effect.gen(function* () {
      const away = new SqlError({ message: "connect ECONNREFUSED", code: "ECONNREFUSED", retryable: true })
      const error = yield* Effect.flip(recallWith(Effect.succeed(vector), Effect.fail(away)).answer)
      expect(error).toBeInstanceOf(Retry)
      expect(error).toMatchObject({ reason: "the database: connect ECONNREFUSED (ECONNREFUSED)", afterMs: 5_000 })
      expect(error.uncounted).toBeUndefined()
    }),
  )

  it.effect("waits for the embedding service as told, if that is not long", () =>
    Effect.gen(function* () {
      const limited = new EmbeddingFailed({ why: "429", permanent: false, afterMs: 2_000 })
      const error = yield* Effect.flip(recallWith(Effect.fail(limited), Effect.succeed([])).answer)
      expect(error).toMatchObject({ _tag: "Retry", afterMs: 2_000, uncounted: true })
    }),
  )

  it.effect.each([
    ["is away", new EmbeddingFailed({ why: "did not answer", permanent: false })],
    ["refuses", new EmbeddingFailed({ why: "401", permanent: true })],
    ["wants to be left alone for long", new EmbeddingFailed({ why: "429", permanent: false, afterMs: 60_000 })],
  ] as const)("does without the embedding service when it %s: a run is waiting", ([, failure]) =>
    Effect.gen(function* () {
      const { answer, memories } = recallWith(Effect.fail(failure), Effect.succeed([match(1)]))
      expect(yield* answer).toMatchObject({ type: "recalled", data: { matches: [{ memoryId: "mem_1" }] } })
      expect(memories.asked.map(({ model }) => model)).toEqual(["hashed-384"])
    }),
  )
})

describe("the patches of an answer", () => {
  it("fit the bus together: the best keep theirs, the others travel without", () => {
    const five = [1, 2, 3, 4, 5].map((n) => match(n, n === 5 ? 100 : 50_000))
    const sent = withinBudget(five)
    expect(sent.map(({ patch }) => patch !== undefined)).toEqual([true, true, false, false, true])
    expect(Buffer.byteLength(JSON.stringify(sent))).toBeLessThan(patchBudget + 5_000)
    expect(sent.map(({ memoryId }) => memoryId)).toEqual(five.map(({ memoryId }) => memoryId))
  })

  it("are measured as they travel, not by their letters", () => {
    const wide = { ...match(1), patch: { ...patchOf(1), diff: "\u0001".repeat(1_000) } }
    expect(withinBudget([wide], 5_000)[0]).not.toHaveProperty("patch")
    expect(withinBudget([wide], 10_000)[0]).toHaveProperty("patch")
  })
})
