import { Deferred, Effect, Queue, Ref } from "effect"
import { describe, expect, it } from "vitest"
import { alone, atWork, type Leases, runId, target } from "./actor-world.suite.ts"
import { Lease } from "./Lease.ts"
import type { Retry } from "./outcome.ts"

const order = { target, reason: "the run ended" }
const closed = { type: "pull-request-closed", data: {} } as const

/** An actor under leases, and how often it was set to work. */
const leased = (leases: Leases, work: Effect.Effect<unknown, Retry, Lease> = Effect.void) =>
  Effect.gen(function* () {
    const begun = yield* Ref.make(0)
    const handle = () =>
      Effect.as(
        Effect.andThen(
          Ref.update(begun, (n) => n + 1),
          work,
        ),
        closed,
      )
    const actor = yield* atWork({ name: "github.close-pull-request", concurrency: 1, handle }, leases)
    yield* actor.send(order)
    return { ...actor, begun: Ref.get(begun) }
  })

describe("a command under a lease", () => {
  it("is begun when the planner says go, which is told the command, its dispatch and who asks", () =>
    alone(
      Effect.gen(function* () {
        const { answer, asked } = yield* leased(["go"])
        const { message } = yield* answer
        expect(message).toMatchObject(closed)
        const request = yield* Queue.take(asked)
        expect(request).toMatchObject({ commandId: `${runId}.1.0`, dispatch: 1 })
        expect(message.id).toBe(`${runId}.1.0#1#${request.holder}`)
      }),
    ))

  it("waits while somebody else is alive", () =>
    alone(
      Effect.gen(function* () {
        const { answer, asked, begun } = yield* leased(["busy", "busy", "go"])
        yield* answer
        expect(yield* begun).toBe(1)
        const holders = [yield* Queue.take(asked), yield* Queue.take(asked), yield* Queue.take(asked)].map(({ holder }) => holder)
        expect(new Set(holders).size).toBe(3)
      }),
    ))

  it("is dropped when it is stale: not begun, not answered, not delivered again", () =>
    alone(
      Effect.gen(function* () {
        const { idle, begun, untaken } = yield* leased(["stale"])
        yield* idle
        expect([yield* begun, yield* untaken]).toEqual([0, 0])
      }),
    ))

  it("is not begun while the planner is silent, but as soon as it speaks", () =>
    alone(
      Effect.gen(function* () {
        const { answer, begun } = yield* leased(["garbage", "go"])
        yield* answer
        expect(yield* begun).toBe(1)
      }),
    ))
})

describe("a lease that is lost in mid-work", () => {
  it.each(["stale", "busy"] as const)("interrupts the work, which is not answered (%s)", (answer) =>
    alone(
      Effect.gen(function* () {
        const interrupted = yield* Deferred.make<void>()
        const endless = Effect.onInterrupt(Effect.never, () => Deferred.succeed(interrupted, undefined))
        const { idle, begun, untaken } = yield* leased(["go", answer], endless)
        yield* Deferred.await(interrupted)
        yield* idle
        expect([yield* begun, yield* untaken]).toEqual([1, 0])
      }),
    ),
  )

  it("is not lost by silence: the work goes on", () =>
    alone(
      Effect.gen(function* () {
        const release = yield* Deferred.make<void>()
        const { answer, asked } = yield* leased(["go", "garbage"], Deferred.await(release))
        yield* Effect.all([Queue.take(asked), Queue.take(asked), Queue.take(asked)])
        yield* Deferred.succeed(release, undefined)
        expect((yield* answer).message.type).toBe("pull-request-closed")
      }),
    ))
})

describe("before something is changed outside", () => {
  const confirming = Lease.use(({ confirm }) => confirm)

  it("the planner is asked again, and says go", () =>
    alone(
      Effect.gen(function* () {
        const { answer } = yield* leased(["go", "go"], confirming)
        expect((yield* answer).message.type).toBe("pull-request-closed")
      }),
    ))

  it.each([
    ["garbage", "silent"],
    ["busy", "busy"],
    ["stale", "stale"],
  ] as const)("anything but go holds it back, without counting as a try (%s)", (answer, word) =>
    alone(
      Effect.gen(function* () {
        const { answer: taken } = yield* leased(["go", answer], confirming)
        expect((yield* taken).message).toMatchObject({ type: "postponed", data: { why: `the lease is ${word}`, uncounted: true } })
      }),
    ),
  )
})
