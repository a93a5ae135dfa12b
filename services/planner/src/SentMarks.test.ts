import { type Query, Sql } from "@ci-fix-pilot/sql/Sql"
import { Deferred, Effect, Layer, Queue } from "effect"
import { TestClock } from "effect/testing"
import { expect, it } from "vitest"
import { SentMarks } from "./SentMarks.ts"

const marks = (count: number) => Array.from({ length: count }, (_, n) => ({ commandId: `c${n}`, dispatch: 1, sequence: n }))
const countOf = (rows: unknown) => (typeof rows === "string" ? Array.from<unknown>(JSON.parse(rows)).length : 0)

/** A database that answers no statement before it is let; it notes how many marks each holds. */
const world = Effect.gen(function* () {
  const answers = yield* Deferred.make<void>()
  const held = yield* Queue.unbounded<number>()
  const query: Query = (_, parameters = []) =>
    Effect.andThen(Queue.offer(held, countOf(parameters[0])), Effect.as(Deferred.await(answers), []))
  const sql = Sql.of({ query, transaction: (work) => work(query), script: () => Effect.void })
  const context = yield* Layer.build(SentMarks.layer.pipe(Layer.provide(Layer.succeed(Sql, sql))))
  const { mark } = yield* Effect.provide(SentMarks, context)
  return { mark, held, answer: Deferred.succeed(answers, undefined) }
})

it("notes all that gathered meanwhile in one statement", async () => {
  const statements = await Effect.runPromise(
    Effect.gen(function* () {
      const { mark, held, answer } = yield* world
      yield* answer
      yield* mark(marks(3))
      yield* TestClock.adjust("50 millis")
      yield* mark(marks(5_000))
      yield* TestClock.adjust("1 second")
      return yield* Queue.takeAll(held)
    }).pipe(Effect.scoped, Effect.provide(TestClock.layer())),
  )
  expect(statements).toEqual([2_000, 2_000, 1_003])
})

it("keeps a bounded number of marks for a database that stands still: the rest is sent once more", async () => {
  const kept = await Effect.runPromise(
    Effect.gen(function* () {
      const { mark, held, answer } = yield* world
      yield* mark(marks(1))
      yield* TestClock.adjust("100 millis")
      const first = yield* Queue.take(held)
      yield* mark(marks(100_000))
      yield* answer
      yield* TestClock.adjust("10 seconds")
      return { first, later: (yield* Queue.takeAll(held)).reduce((sum, one) => sum + one, 0) }
    }).pipe(Effect.scoped, Effect.provide(TestClock.layer())),
  )
  expect(kept).toEqual({ first: 1, later: 20_000 })
})
