import { Option } from "effect"
import { expect, it } from "vitest"
import { KnownSessions } from "./known-sessions.ts"

const session = { name: "a", reviewer: "ada", csrf: "c" }
const [minute, hour] = [60_000, 3_600_000]

it("knows who was vouched for a moment before the database went away", () => {
  const known = new KnownSessions()
  known.learn("a", Option.some(session), 5 * minute)
  known.learn("b", Option.none(), 6 * minute)
  expect(known.recall("a", 30 * minute)).toEqual(Option.some(session))
  expect(known.recall("b", 30 * minute)).toEqual(Option.none())
})

it("knows nobody who was away for longer, nor anybody for ever", () => {
  const known = new KnownSessions()
  known.learn("a", Option.some(session), 5 * minute)
  expect(known.recall("a", 5 * minute + hour)).toEqual(Option.none())
  known.learn("b", Option.none(), 6 * minute + 1)
  expect(known.recall("a", 6 * minute + 2)).toEqual(Option.none())
})

it("forgets who signed out", () => {
  const known = new KnownSessions()
  known.learn("a", Option.some(session), minute)
  known.forget("a")
  expect(known.recall("a", minute)).toEqual(Option.none())
})
