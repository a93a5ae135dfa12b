import { Sql } from "@ci-fix-pilot/sql/Sql"
import { expect, it } from "@effect/vitest"
import { ConfigProvider, Effect, Fiber, Layer, Option } from "effect"
import { TestClock } from "effect/testing"
import * as Postgres from "./Sessions.postgres.ts"
import { Sessions } from "./Sessions.ts"

/** A database that knows everybody, until it says nothing more. */
const makeDatabase = () => {
  const database = { silent: false }
  const unused = () => Effect.die(new Error("not asked for"))
  const query = () => Effect.suspend(() => (database.silent ? Effect.never : Effect.succeed([{ reviewer: "ada" }])))
  const layer = Postgres.layer.pipe(
    Layer.provide(Layer.succeed(Sql, Sql.of({ query, transaction: unused, script: unused }))),
    Layer.provide(ConfigProvider.layer(ConfigProvider.fromEnvRecord({ CI_HEALING_API_TOKEN: "t0ken" }))),
  )
  return { database, layer }
}

it.effect("of a database that says nothing, knows in time who was signed in, to look and to do nothing", () => {
  const { database, layer } = makeDatabase()
  return Effect.gen(function* () {
    const sessions = yield* Sessions
    const known = yield* sessions.find("secret", "look")
    expect(Option.map(known, ({ reviewer }) => reviewer)).toEqual(Option.some("ada"))
    database.silent = true
    const asked = yield* Effect.forEach(
      [sessions.find("secret", "look"), sessions.find("secret", "change"), sessions.find("stranger", "look")],
      (find) => Effect.forkChild(Effect.result(find)),
    )
    yield* TestClock.adjust("3 seconds")
    const [look, change, stranger] = yield* Effect.forEach(asked, Fiber.join)
    expect(look).toMatchObject({ _tag: "Success", success: known })
    for (const refused of [change, stranger])
      expect(refused).toMatchObject({ _tag: "Failure", failure: { _tag: "SqlError", retryable: true } })
  }).pipe(Effect.provide(layer))
})
