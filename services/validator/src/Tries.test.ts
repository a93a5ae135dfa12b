import { Bus, BusUnavailable, NobodyAnswered } from "@ci-fix-pilot/actor/Bus"
import * as MemoryBus from "@ci-fix-pilot/actor/Bus.memory"
import { Context, Effect, Fiber, Layer, Scope } from "effect"
import { TestClock } from "effect/testing"
import { describe, expect, it } from "vitest"
import { Tries } from "./Tries.ts"

/** A process of its own on the bus that is provided. */
const process = Effect.map(Layer.build(Layer.fresh(Tries.layer)), (context) => Context.get(context, Tries))
const run = <A, E>(work: Effect.Effect<A, E, Bus | Scope.Scope>, bus: Layer.Layer<Bus> = MemoryBus.layer) =>
  Effect.runPromise(work.pipe(Effect.scoped, Effect.provide(bus)))

const foreign = "0b5ad0b7-0000-4000-8000-000000000000/cmd-1#1"
/** A bus whose questions go as the test says. */
const asking = (ask: Bus["Service"]["ask"]) =>
  Layer.effect(
    Bus,
    Effect.map(Effect.provide(Bus, MemoryBus.layer), (memory) => Bus.of({ ...memory, ask })),
  )

describe("the label of a try", () => {
  it("is at work until its scope closes, for its own process and for others", () =>
    run(
      Effect.gen(function* () {
        const [one, other] = [yield* process, yield* process]
        const label = yield* Effect.scoped(
          Effect.gen(function* () {
            const label = yield* one.begin("cmd-1#2")
            expect(label).toMatch(/^[0-9a-f-]+\/cmd-1#2$/)
            expect([yield* one.isAtWork(label), yield* other.isAtWork(label)]).toEqual([true, true])
            return label
          }),
        )
        expect([yield* one.isAtWork(label), yield* other.isAtWork(label)]).toEqual([false, false])
      }),
    ))

  it("stays at work while one of two tries with the same label goes on", () =>
    run(
      Effect.gen(function* () {
        const tries = yield* process
        const label = yield* tries.begin("cmd-1#1")
        yield* Effect.scoped(tries.begin("cmd-1#1"))
        expect(yield* tries.isAtWork(label)).toBe(true)
      }),
    ))

  it("is an orphan's once its process is gone for longer than a reconnection takes", () =>
    run(
      Effect.gen(function* () {
        const survivor = yield* process
        const scope = yield* Scope.make()
        const label = yield* Effect.flatMap(process, (tries) => tries.begin("cmd-1#1")).pipe(Scope.provide(scope))
        yield* Scope.close(scope, yield* Effect.exit(Effect.void))
        const asking = yield* Effect.forkChild(survivor.isAtWork(label), { startImmediately: true })
        yield* TestClock.adjust("2 seconds")
        expect(asking.pollUnsafe()).toBeUndefined()
        yield* TestClock.adjust("1 second")
        expect(yield* Fiber.join(asking)).toBe(false)
      }).pipe(Effect.provide(TestClock.layer())),
    ))

  it("stays at work while its process reconnects to the bus", () => {
    let asked = 0
    const absentAtFirst: Bus["Service"]["ask"] = (subject) =>
      Effect.suspend(() => (asked++ === 0 ? Effect.fail(new NobodyAnswered({ subject, absent: true })) : Effect.succeed("yes")))
    return run(
      Effect.gen(function* () {
        const tries = yield* process
        const asking = yield* Effect.forkChild(tries.isAtWork(foreign), { startImmediately: true })
        yield* TestClock.adjust("3 seconds")
        expect(yield* Fiber.join(asking)).toBe(true)
      }).pipe(Effect.provide(TestClock.layer())),
      asking(absentAtFirst),
    )
  })

  it("is nobody's when no process can have written it", () =>
    run(
      Effect.gen(function* () {
        const tries = yield* process
        for (const label of ["", "cmd-1", "a.*.>/x", "/x"]) expect(yield* tries.isAtWork(label)).toBe(false)
      }),
    ))

  it.each([
    ["the bus is away", () => new BusUnavailable({ message: "away" })],
    ["its process listens and is slow to answer", (subject: string) => new NobodyAnswered({ subject })],
  ])("counts as at work when %s: nobody can tell", (_, trouble) =>
    run(
      Effect.gen(function* () {
        const tries = yield* process
        expect(yield* tries.isAtWork(foreign)).toBe(true)
      }),
      asking((subject) => Effect.fail(trouble(subject))),
    ),
  )
})
