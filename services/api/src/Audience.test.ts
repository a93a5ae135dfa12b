import { SqlError } from "@ci-fix-pilot/sql/Sql"
import { expect, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { describe } from "vitest"
import { Audience } from "./Audience.ts"
import { Sessions } from "./Sessions.ts"

/** Sessions of which some have ended elsewhere; `away`: the database does not answer. */
const world = () => {
  const state = { holding: new Set(["a", "b"]), away: false, looks: 0 }
  const unused = () => Effect.die("not asked for")
  const holding = () =>
    Effect.suspend(() => {
      state.looks += 1
      return state.away ? Effect.fail(new SqlError({ message: "away", code: "x", retryable: true })) : Effect.succeed(state.holding)
    })
  const sessions = Layer.succeed(Sessions, Sessions.of({ begin: unused, find: unused, end: unused, holding }))
  return { state, layer: Audience.layer.pipe(Layer.provide(sessions)) }
}

const join = (cut: Array<string>, session: string, name = session) =>
  Audience.use((audience) => Effect.sync(() => audience.join(session, () => cut.push(name))))

describe("the audience", () => {
  it.effect("loses, within a heartbeat, the streams of a session that ended elsewhere", () => {
    const { state, layer } = world()
    return Effect.gen(function* () {
      const cut: Array<string> = []
      for (const name of ["a1", "a2"]) yield* join(cut, "a", name)
      yield* join(cut, "b")
      state.holding = new Set(["b"])
      yield* TestClock.adjust("15 seconds")
      expect(cut).toEqual(["a1", "a2"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("keeps them while nobody can be asked", () => {
    const { state, layer } = world()
    return Effect.gen(function* () {
      const cut: Array<string> = []
      yield* join(cut, "a")
      state.away = true
      yield* TestClock.adjust("1 minute")
      expect(cut).toEqual([])
      state.away = false
      state.holding = new Set()
      yield* TestClock.adjust("15 seconds")
      expect(cut).toEqual(["a"])
    }).pipe(Effect.provide(layer))
  })

  it.effect("is dismissed at once, and asks about nobody who left", () => {
    const { state, layer } = world()
    return Effect.gen(function* () {
      const cut: Array<string> = []
      yield* join(cut, "a")
      const leave = yield* join(cut, "b")
      leave()
      yield* Audience.use((audience) => audience.dismiss("a"))
      expect(cut).toEqual(["a"])
      const before = state.looks
      yield* TestClock.adjust("1 minute")
      expect(state.looks).toBe(before)
    }).pipe(Effect.provide(layer))
  })
})
