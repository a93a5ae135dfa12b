import { runIdOf } from "@ci-fix-pilot/testkit/scripted-answers"
import { Deferred, Effect, Fiber, Queue } from "effect"
import { describe, expect, it } from "vitest"
import { sideBySide } from "./apply-side-by-side.ts"
import type { Waiting } from "./take-batch.ts"

const traceparent = "00-00000000000000000000000000000000-0000000000000000-00"
const about = (n: number, id = `${n}`): Waiting => ({
  item: { id, runId: runIdOf(n), traceparent, what: { kind: "noticed", input: { kind: "deadline-passed" } } },
})

/** Lanes whose batches are seen when they begin, and end when they are told to. */
const working = (lanes: number, mostWaiting = 100) =>
  Effect.gen(function* () {
    const begun = yield* Queue.unbounded<{ readonly ids: ReadonlyArray<string>; readonly end: Deferred.Deferred<void> }>()
    const { add, run } = sideBySide({ lanes, mostAtOnce: 10, mostWaiting }, (batch: ReadonlyArray<Waiting>) =>
      Effect.gen(function* () {
        const end = yield* Deferred.make<void>()
        yield* Queue.offer(begun, { ids: batch.map(({ item }) => item.id), end })
        yield* Deferred.await(end)
      }),
    )
    const running = yield* Effect.forkChild(run, { startImmediately: true })
    return { add, running, next: Queue.take(begun), size: Queue.size(begun) }
  })

const alone = <A, E>(work: Effect.Effect<A, E>) => Effect.runPromise(work)

describe("batches side by side", () => {
  it("begin at once while a lane is free, and then gather what comes", () =>
    alone(
      Effect.gen(function* () {
        const { add, next, size } = yield* working(2)
        for (const n of [1, 2, 3, 4]) yield* add([about(n)])
        const [first, second] = [yield* next, yield* next]
        expect([first.ids, second.ids, yield* size]).toEqual([["1"], ["2"], 0])
        yield* Deferred.succeed(second.end, undefined)
        expect((yield* next).ids).toEqual(["3", "4"])
      }),
    ))

  it("leave what is about one run to one after the other, in its order", () =>
    alone(
      Effect.gen(function* () {
        const { add, next, size } = yield* working(2)
        yield* add([about(1, "a")])
        yield* add([about(1, "b"), about(1, "c")])
        const first = yield* next
        expect([first.ids, yield* size]).toEqual([["a"], 0])
        yield* Deferred.succeed(first.end, undefined)
        expect((yield* next).ids).toEqual(["b", "c"])
      }),
    ))

  it("let nothing more in while too much waits", () =>
    alone(
      Effect.gen(function* () {
        const { add, next } = yield* working(1, 2)
        yield* add([about(1)])
        yield* add([about(2)])
        const full = yield* Effect.forkChild(add([about(3)]), { startImmediately: true })
        expect(full.pollUnsafe()).toBeUndefined()
        yield* Effect.flatMap(next, ({ end }) => Deferred.succeed(end, undefined))
        yield* Fiber.join(full)
        expect((yield* next).ids).toEqual(["2", "3"])
      }),
    ))

  it("stop with what stopped one of them", async () => {
    const { add, run } = sideBySide({ lanes: 2, mostAtOnce: 1, mostWaiting: 9 }, () => Effect.fail("no"))
    const stopped = Effect.all([add([about(1)]), run], { concurrency: "unbounded", discard: true })
    expect(await alone(Effect.flip(stopped))).toBe("no")
  })
})
