import { askTimeoutMs, renewEveryMs } from "@ci-fix-pilot/contract/lease"
import { ackWaitMs } from "@ci-fix-pilot/contract/streams"
import { Deferred, Effect, Fiber, Layer, Queue, Ref, Stream } from "effect"
import { TestClock } from "effect/testing"
import { describe, expect, it } from "vitest"
import { alone, atWork, type Leases, runId, target } from "./actor-world.suite.ts"
import { layer as memory } from "./Bus.memory.ts"
import { Bus, type Delivery, NobodyAnswered } from "./Bus.ts"
import { withLease, withoutLease } from "./hold-lease.ts"
import { Lease } from "./Lease.ts"
import type { Retry } from "./outcome.ts"

const order = { target, reason: "the run ended" }
const closed = { type: "pull-request-closed", data: {} } as const
const confirming = Lease.use(({ confirm }) => confirm)

/** Waits for something while the clock is set on, by more than a holder insists on an answer. */
const elapsing = <A, E, R>(work: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const waiting = yield* Effect.forkChild(work)
    yield* TestClock.adjust("6 seconds")
    return yield* Fiber.join(waiting)
  })

/** An actor under leases, and how often it was set to work and got through it. */
const leased = (leases: Leases, work: Effect.Effect<unknown, Retry, Lease> = Effect.void) =>
  Effect.gen(function* () {
    const begun = yield* Ref.make(0)
    const ended = yield* Ref.make(0)
    const count = (ref: Ref.Ref<number>) => Ref.update(ref, (n) => n + 1)
    const handle = () => Effect.as(Effect.all([count(begun), work, count(ended)]), closed)
    const actor = yield* atWork({ name: "github.close-pull-request", concurrency: 1, handle }, leases)
    yield* actor.send(order)
    return { ...actor, begun: Ref.get(begun), ended: Ref.get(ended) }
  })

describe.concurrent("a command under a lease", () => {
  it("is begun at once, and when it is over soon nobody was asked, and its answer says so", () =>
    alone(
      Effect.gen(function* () {
        const { answer, asked } = yield* leased(["stale"])
        expect((yield* answer).message).toMatchObject({ ...closed, unleased: true })
        expect(yield* Queue.size(asked)).toBe(0)
      }),
    ))

  it("asks when it goes on for longer, saying the command, its dispatch and who asks", () =>
    alone(
      Effect.gen(function* () {
        const told = yield* Deferred.make<void>()
        const { answer, asked } = yield* leased(["go"], Deferred.await(told))
        const request = yield* Queue.take(asked)
        expect(request).toMatchObject({ commandId: `${runId}.1.0`, dispatch: 1 })
        yield* Queue.take(asked)
        yield* Deferred.succeed(told, undefined)
        const { message } = yield* answer
        expect(message).not.toHaveProperty("unleased")
        expect(message.id).toBe(`${runId}.1.0#1#${request.holder}`)
      }),
    ))

  it("asks when it must be sure, and its answer is a leased one", () =>
    alone(
      Effect.gen(function* () {
        const { answer, asked } = yield* leased(["go"], confirming)
        expect((yield* answer).message).not.toHaveProperty("unleased")
        expect(yield* Queue.size(asked)).toBe(1)
      }),
    ))
})

/** A bus whose deliveries have lain for so long before they are taken (ms). */
const slow = (ageMs: number) =>
  Layer.effect(
    Bus,
    Effect.map(Bus, (bus) =>
      Bus.of({
        ...bus,
        consume: (options) => Stream.map(bus.consume(options), (delivery) => ({ ...delivery, age: Effect.succeed(ageMs) })),
      }),
    ),
  ).pipe(Layer.provide(memory))

describe.concurrent("a first delivery that has lain before it was taken", () => {
  it.each([
    [ackWaitMs, 1, "the broker still takes it for ours"],
    [ackWaitMs + 1, 0, "another may have it by now"],
  ])("for %i ms is begun %i times: %s", (ageMs, times) =>
    alone(
      Effect.gen(function* () {
        const { idle, begun, ended } = yield* leased(["stale"], confirming)
        yield* idle
        expect([yield* begun, yield* ended]).toEqual([times, 0])
      }),
      slow(ageMs),
    ),
  )
})

describe.concurrent("a command that must be sure of its lease", () => {
  it("waits while somebody else is alive, and is begun again only after a go", () =>
    alone(
      Effect.gen(function* () {
        const { answer, asked, begun, ended } = yield* leased(["busy", "busy", "go"], confirming)
        yield* answer
        expect([yield* begun, yield* ended]).toEqual([2, 1])
        const holders = [yield* Queue.take(asked), yield* Queue.take(asked), yield* Queue.take(asked)].map(({ holder }) => holder)
        expect(new Set(holders).size).toBe(3)
      }),
    ))

  it("is dropped when it is stale: not done, not answered, not delivered again", () =>
    alone(
      Effect.gen(function* () {
        const { idle, begun, ended, untaken } = yield* leased(["stale"], confirming)
        yield* idle
        expect([yield* begun, yield* ended, yield* untaken]).toEqual([1, 0, 0])
      }),
    ))

  it("is not even begun when it is stale at a repeated delivery", () =>
    alone(
      Effect.gen(function* () {
        const { idle, begun, untaken } = yield* leased(["busy", "stale"], confirming)
        yield* idle
        expect([yield* begun, yield* untaken]).toEqual([1, 0])
      }),
    ))

  it("asks again as the same holder while the planner is silent: it may have been given the lease without hearing of it", () =>
    alone(
      Effect.gen(function* () {
        const { answer, asked, begun, ended } = yield* leased(["garbage", "garbage", "go"], confirming)
        expect((yield* answer).message).not.toHaveProperty("unleased")
        expect([yield* begun, yield* ended]).toEqual([1, 1])
        const holders = [yield* Queue.take(asked), yield* Queue.take(asked), yield* Queue.take(asked)].map(({ holder }) => holder)
        expect(new Set(holders).size).toBe(1)
      }),
    ))

  it("asks again as the same holder at a repeated delivery, too", () =>
    alone(
      Effect.gen(function* () {
        const { answer, asked, begun } = yield* leased(["busy", "garbage", "go"], confirming)
        yield* answer
        expect(yield* begun).toBe(2)
        const [first, second, third] = [yield* Queue.take(asked), yield* Queue.take(asked), yield* Queue.take(asked)]
        expect(second.holder).not.toBe(first.holder)
        expect(third.holder).toBe(second.holder)
      }),
    ))

  it("is not done while the planner stays silent, and is left to another holder in the end", () =>
    alone(
      Effect.gen(function* () {
        const { asked, begun, ended } = yield* leased(["garbage"], confirming)
        yield* elapsing(Effect.void)
        expect([yield* begun, yield* ended]).toEqual([1, 0])
        const holders = (yield* Queue.takeAll(asked)).map(({ holder }) => holder)
        expect(new Set(holders).size).toBe(2)
      }).pipe(Effect.provide(TestClock.layer())),
    ))
})

describe.concurrent("a lease that is lost in mid-work", () => {
  it.each([[["stale"]], [["go", "stale"]], [["go", "busy"]]] as const)("interrupts the work, which is not answered (%j)", (leases) =>
    alone(
      Effect.gen(function* () {
        const interrupted = yield* Deferred.make<void>()
        const endless = Effect.onInterrupt(Effect.never, () => Deferred.succeed(interrupted, undefined))
        const { idle, begun, untaken } = yield* leased(leases, endless)
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

describe.concurrent("before something is changed outside", () => {
  const twice = Effect.andThen(confirming, confirming)

  it("the planner is asked each time, and says go", () =>
    alone(
      Effect.gen(function* () {
        const { answer, asked } = yield* leased(["go", "go"], twice)
        expect((yield* answer).message.type).toBe("pull-request-closed")
        expect(yield* Queue.size(asked)).toBe(2)
      }),
    ))

  it.each([
    ["garbage", "silent"],
    ["silent", "silent"],
    ["busy", "busy"],
    ["stale", "stale"],
  ] as const)("anything but go holds it back, without counting as a try (%s)", (answer, word) =>
    alone(
      Effect.gen(function* () {
        const { answer: taken } = yield* leased(["go", answer], twice)
        const { message } = yield* elapsing(taken)
        expect(message).toMatchObject({ type: "postponed", data: { why: `the lease is ${word}`, uncounted: true } })
      }).pipe(Effect.provide(TestClock.layer())),
    ),
  )
})

describe.concurrent("work in hand", () => {
  const request = { commandId: "c", dispatch: 1, holder: "h" }
  const silent = Layer.effect(
    Bus,
    Effect.map(Bus, (bus) => Bus.of({ ...bus, ask: (subject, _, timeoutMs) => Effect.delay(new NobodyAnswered({ subject }), timeoutMs) })),
  ).pipe(Layer.provide(memory))

  it.each(["leased", "not leased"])("is said to be so at its time, however long the planner takes to answer: %s", (kind) =>
    Effect.runPromise(
      Effect.gen(function* () {
        const said = yield* Ref.make(0)
        const nothing = Effect.void
        const working = Ref.update(said, (n) => n + 1)
        const ends = { ack: nothing, nak: () => nothing, term: () => nothing }
        const delivery: Delivery = { subject: "s", text: "", deliveries: 1, age: Effect.succeed(0), working, ...ends }
        const held = kind === "not leased" ? withoutLease(delivery, () => Effect.never) : withLease(request, delivery, () => Effect.never)
        yield* Effect.forkScoped(held)
        yield* TestClock.adjust(askTimeoutMs)
        expect(yield* Ref.get(said)).toBe(Math.floor(askTimeoutMs / renewEveryMs))
        yield* TestClock.adjust(10 * renewEveryMs - askTimeoutMs)
        expect(yield* Ref.get(said)).toBe(10)
      }).pipe(Effect.scoped, Effect.provide([silent, TestClock.layer()])),
    ),
  )
})
