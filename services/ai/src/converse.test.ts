import { Lease } from "@ci-fix-pilot/actor/Lease"
import { it } from "@effect/vitest"
import { Effect } from "effect"
import { describe, expect } from "vitest"
import { converse } from "./converse.ts"
import { make, type Scripted } from "./Model.scripted.ts"

/** A conversation whose answers are right when they say so, and whose one reading tool is `look`. */
const talk = (script: ReadonlyArray<Scripted>) => {
  const { requests, layer } = make(script)
  const concluded = converse<string, never, never>({
    system: "s",
    user: "u",
    tools: [],
    budgetUsd: 1,
    onPaid: () => {},
    maxOutputTokens: 2_000,
    maxTurns: 4,
    read: ({ name }) => Effect.succeed(name === "look" ? { text: "seen", isError: false } : undefined),
    judge: ({ input }) => Effect.succeed(input === "right" ? { taken: "right" } : { wrong: `${input} is wrong` }),
  }).pipe(Effect.provide(layer), Effect.provideService(Lease, Lease.of({ confirm: Effect.void })))
  return { requests, concluded }
}
const answer = (...inputs: ReadonlyArray<string>) => ({ calls: inputs.map((input) => ({ name: "answer", input })) })
const look = { calls: [{ name: "look", input: {} }] }

describe("a conversation", () => {
  it.effect("takes the first right answer of a reply", () =>
    Effect.gen(function* () {
      for (const inputs of [
        ["right", "odd"],
        ["odd", "right"],
      ]) {
        const { requests, concluded } = talk([answer(...inputs)])
        expect((yield* concluded).result).toEqual({ taken: "right" })
        expect(requests).toHaveLength(1)
      }
    }),
  )

  it.effect("adds up what all its turns cost", () =>
    Effect.gen(function* () {
      const one = yield* talk([answer("right")]).concluded
      const three = yield* talk([look, look, answer("right")]).concluded
      expect(three.usage?.inputTokens).toBeGreaterThan(3 * (one.usage?.inputTokens ?? 0))
      expect(three.usage?.costUsd).toBeGreaterThan(3 * (one.usage?.costUsd ?? 0))
    }),
  )

  it.effect("answers every call, and says when it is time to stop reading", () =>
    Effect.gen(function* () {
      const { requests, concluded } = talk([{ calls: [...look.calls, ...answer("odd").calls] }, look, look, answer("right")])
      expect((yield* concluded).result).toEqual({ taken: "right" })
      const results = requests.map(({ turns }) => turns.flatMap((turn) => (turn.role === "results" ? turn.results : [])))
      expect(results[1]?.map(({ text, isError }) => [text, isError])).toEqual([
        ["seen", false],
        ["odd is wrong", true],
      ])
      expect(results[2]?.at(-1)?.text).toContain("answer now")
    }),
  )

  it.effect("never shows a cut-off or empty reply again", () =>
    Effect.gen(function* () {
      for (const reply of [{ text: "half a th", stop: "length" as const }, { text: "" }]) {
        const { requests, concluded } = talk([reply, answer("right")])
        expect((yield* concluded).result).toEqual({ taken: "right" })
        expect(requests[1]?.turns.map(({ role }) => role)).toEqual(["user", "user"])
      }
    }),
  )
})
