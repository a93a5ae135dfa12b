/** What every bus promises about questions and live views. */
import { Effect, Fiber, Ref, Stream } from "effect"
import { expect, it } from "vitest"
import type { OnBus } from "./Bus.suite.ts"
import { fresh, streamOf } from "./Bus.suite.ts"
import { Bus } from "./Bus.ts"

const shout = (text: string) => Effect.succeed(text.toUpperCase())

/** Holds a bus to its promises about questions and live views. */
export const holdsQuestions = (on: OnBus) => {
  it("carries a question to whoever answers, and the answer back", () =>
    on(
      Effect.gen(function* () {
        const bus = yield* Bus
        const subject = `ask.${fresh()}.echo`
        yield* bus.answer(subject, shout)
        expect(yield* bus.ask(subject, "hello", 2_000)).toBe("HELLO")
      }),
    ))

  it("says that nobody answered, and whether that is because nobody is there, any more or yet, or because it takes too long", () =>
    on(
      Effect.gen(function* () {
        const bus = yield* Bus
        const [absent, slow, gone] = [`ask.${fresh()}.a`, `ask.${fresh()}.b`, `ask.${fresh()}.c`]
        yield* bus.answer(slow, () => Effect.never)
        yield* Effect.scoped(bus.answer(gone, shout))
        const errors = yield* Effect.forEach([absent, slow, gone], (subject) => Effect.flip(bus.ask(subject, "?", 200)))
        expect(errors).toMatchObject([true, false, true].map((absent) => ({ _tag: "NobodyAnswered", absent })))
      }),
    ))

  it("asks one of several copies", () =>
    on(
      Effect.gen(function* () {
        const bus = yield* Bus
        const subject = `ask.${fresh()}.who`
        const asked = yield* Ref.make(0)
        for (const name of ["one", "other"])
          yield* bus.answer(subject, () =>
            Effect.as(
              Ref.update(asked, (n) => n + 1),
              name,
            ),
          )
        expect(["one", "other"]).toContain(yield* bus.ask(subject, "", 2_000))
        expect(yield* Ref.get(asked)).toBe(1)
      }),
    ))

  it("shows a live view what is published and told from now on, by pattern", () =>
    on(
      Effect.gen(function* () {
        const bus = yield* Bus
        const name = fresh()
        yield* bus.ensure([streamOf(name)])
        yield* bus.publish(`${name}.x.fact`, "too early", `${name}:0`)
        const seen = yield* bus.subscribe(`${name}.*.fact`)
        const two = yield* Effect.forkChild(Stream.runCollect(Stream.take(seen, 2)))
        yield* bus.publish(`${name}.x.other`, "not asked for", `${name}:1`)
        yield* bus.publish(`${name}.x.fact`, "published", `${name}:2`)
        yield* bus.tell(`${name}.y.fact`, "told", `${name}:3`)
        expect(yield* Fiber.join(two)).toEqual([
          { subject: `${name}.x.fact`, text: "published" },
          { subject: `${name}.y.fact`, text: "told" },
        ])
      }),
    ))

  it("is connected", () =>
    on(
      Effect.map(
        Bus.use(({ isConnected }) => isConnected),
        (connected) => expect(connected).toBe(true),
      ),
    ))
}
