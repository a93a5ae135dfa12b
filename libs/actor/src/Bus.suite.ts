/** What every bus promises. Times are real: ack waits are short, and what must not come again is shown by what comes instead. */
import { Effect, type Layer, Queue, Schedule, type Scope, Stream } from "effect"
import { expect, it } from "vitest"
import { Bus, type Delivery, type StreamConfig } from "./Bus.ts"

type Work<A> = Effect.Effect<A, unknown, Bus | Scope.Scope>
/** Runs on a bus of the layer that is being held to this. */
export type OnBus = <A>(work: Work<A>) => Promise<A>

let count = 0
/** Names that no other test uses. */
export const fresh = () => {
  count += 1
  return `s${count}`
}

export const streamOf = (name: string, changes: Partial<StreamConfig> = {}, ackWaitMs = 30_000): StreamConfig => ({
  name,
  subjects: [`${name}.>`],
  retention: "workqueue",
  maxAgeMs: 60_000,
  duplicateWindowMs: 60_000,
  maxBytes: -1,
  durables: [{ durable: `${name}-all`, subject: `${name}.>`, ackWaitMs, maxAckPending: 100 }],
  ...changes,
})

/** Reads a stream's durable into a queue for as long as the scope lives. */
export const reading = (name: string, prefetch = 8) =>
  Effect.gen(function* () {
    const bus = yield* Bus
    const queue = yield* Queue.unbounded<Delivery>()
    const all = bus.consume({ stream: name, durable: `${name}-all`, prefetch })
    yield* Effect.forkScoped(Stream.runForEach(all, (delivery) => Queue.offer(queue, delivery)))
    return queue
  })

/** A stream, and a reader of it. */
export const world = (ackWaitMs?: number, prefetch?: number) =>
  Effect.gen(function* () {
    const bus = yield* Bus
    const name = fresh()
    yield* bus.ensure([streamOf(name, {}, ackWaitMs)])
    const inbox = yield* reading(name, prefetch)
    return { bus, name, inbox, say: (text: string) => bus.publish(`${name}.said`, text, `${name}:${text}`) }
  })

const asText = ({ text, deliveries }: Delivery) => `${text} #${deliveries}`
export const next = (inbox: Queue.Queue<Delivery>) => Effect.map(Queue.take(inbox), asText)
const soon = <A>(question: Effect.Effect<A, unknown>, wanted: A) =>
  question.pipe(
    Effect.flatMap((found) => (JSON.stringify(found) === JSON.stringify(wanted) ? Effect.succeed(found) : Effect.fail(found))),
    Effect.retry({ schedule: Schedule.spaced("20 millis"), times: 150 }),
  )

const deliveries = (on: OnBus, ackWaitMs: number) => {
  it.each([1, 8])("delivers what was published, with its subject (prefetch %i)", (prefetch) =>
    on(
      Effect.gen(function* () {
        const { inbox, say, name } = yield* world(undefined, prefetch)
        yield* say("a")
        const { subject, text, deliveries } = yield* Queue.take(inbox)
        expect({ subject, text, deliveries }).toEqual({ subject: `${name}.said`, text: "a", deliveries: 1 })
      }),
    ),
  )

  it("delivers again after the ack wait what nobody acked, and nothing that was acked", () =>
    on(
      Effect.gen(function* () {
        const { inbox, say } = yield* world(ackWaitMs)
        yield* say("acked")
        yield* Effect.flatMap(Queue.take(inbox), ({ ack }) => ack)
        yield* say("forgotten")
        const both = [yield* Queue.take(inbox), yield* Queue.take(inbox)]
        expect(both.map(asText)).toEqual(["forgotten #1", "forgotten #2"])
        // The first has lain for the ack wait and is free again; the second has just come.
        const [first = 0, second = 0] = yield* Effect.forEach(both, ({ age }) => age)
        expect(first - second).toBeGreaterThan(ackWaitMs * 0.8)
      }),
    ))

  it("delivers a nak'ed message again after its delay", () =>
    on(
      Effect.gen(function* () {
        const { inbox, say } = yield* world()
        yield* say("a")
        const first = yield* Queue.take(inbox)
        const since = performance.now()
        yield* first.nak(200)
        expect(yield* next(inbox)).toBe("a #2")
        expect(performance.now() - since).toBeGreaterThan(150)
      }),
    ))

  it("never delivers a terminated message again", () =>
    on(
      Effect.gen(function* () {
        const { inbox, say } = yield* world(ackWaitMs)
        yield* say("bad")
        yield* Effect.flatMap(Queue.take(inbox), ({ term }) => term("undecodable"))
        yield* say("good")
        expect([yield* next(inbox), yield* next(inbox)]).toEqual(["good #1", "good #2"])
      }),
    ))

  it("leaves a message with whoever says that it is being worked on", () =>
    on(
      Effect.gen(function* () {
        const { inbox, say } = yield* world(ackWaitMs)
        yield* say("long")
        const { working, ack } = yield* Queue.take(inbox)
        yield* Effect.repeat(working, { schedule: Schedule.spaced(ackWaitMs / 4), times: 10 })
        yield* ack
        yield* say("then")
        expect(yield* next(inbox)).toBe("then #1")
      }),
    ))

  it("gives each message to one of several readers", () =>
    on(
      Effect.gen(function* () {
        const { inbox, say, name } = yield* world()
        const other = yield* reading(name)
        const both = yield* Queue.unbounded<Delivery>()
        for (const each of [inbox, other])
          yield* Effect.forkScoped(Effect.forever(Effect.flatMap(Queue.take(each), (one) => Queue.offer(both, one))))
        const texts = Array.from({ length: 20 }, (_, n) => `m${n}`)
        yield* Effect.forEach(texts, say)
        const seen = yield* Effect.forEach(texts, () => Effect.tap(Queue.take(both), ({ ack }) => ack))
        expect(seen.map(({ text }) => text).sort()).toEqual([...texts].sort())
      }),
    ))

  it("reads a durable that is made later", () =>
    on(
      Effect.gen(function* () {
        const bus = yield* Bus
        const name = fresh()
        const inbox = yield* reading(name)
        yield* bus.ensure([streamOf(name)])
        yield* bus.publish(`${name}.said`, "at last", `${name}:1`)
        expect(yield* next(inbox)).toBe("at last #1")
      }),
    ))
}

const storing = (on: OnBus) => {
  it("drops a repeated message id, and says where the first one stands", () =>
    on(
      Effect.gen(function* () {
        const { inbox, say } = yield* world()
        const sequences = [yield* say("a"), yield* say("b"), yield* say("a"), yield* say("c")].map(({ sequence }) => sequence)
        expect(sequences).toEqual([1, 2, 1, 3])
        expect([yield* next(inbox), yield* next(inbox), yield* next(inbox)]).toEqual(["a #1", "b #1", "c #1"])
      }),
    ))

  it("knows whether a message is still stored: until it is acked, and only under its own id", () =>
    on(
      Effect.gen(function* () {
        const { bus, inbox, say, name } = yield* world()
        const { sequence } = yield* say("a")
        const stored = bus.isStored(name, sequence, `${name}:a`)
        expect(yield* stored).toBe(true)
        expect(yield* bus.isStored(name, sequence, "another")).toBe(false)
        expect(yield* bus.isStored(name, 0, `${name}:a`)).toBe(false)
        expect(yield* bus.isStored(name, sequence + 1, `${name}:a`)).toBe(false)
        expect(yield* bus.isStored("nowhere", sequence, `${name}:a`)).toBe(false)
        yield* Effect.flatMap(Queue.take(inbox), ({ ack }) => ack)
        expect(yield* soon(stored, false)).toBe(false)
      }),
    ))

  it("keeps what was acked where the stream is a log", () =>
    on(
      Effect.gen(function* () {
        const bus = yield* Bus
        const name = fresh()
        yield* bus.ensure([streamOf(name, { retention: "limits" })])
        const inbox = yield* reading(name)
        const { sequence } = yield* bus.publish(`${name}.said`, "a", `${name}:a`)
        yield* Effect.flatMap(Queue.take(inbox), ({ ack }) => ack)
        const unacked = Effect.map(bus.state, (all) => all.find((one) => one.name === name)?.durables[0]?.unacked)
        yield* soon(unacked, 0)
        expect(yield* bus.isStored(name, sequence, `${name}:a`)).toBe(true)
      }),
    ))

  it("may be ensured again without losing anything", () =>
    on(
      Effect.gen(function* () {
        const { bus, inbox, say, name } = yield* world()
        yield* say("before")
        yield* Effect.all([bus.ensure([streamOf(name)]), bus.ensure([streamOf(name)])], { concurrency: 2 })
        yield* say("after")
        expect([yield* next(inbox), yield* next(inbox)]).toEqual(["before #1", "after #1"])
      }),
    ))

  it("makes a durable that is missing when it is ensured again", () =>
    on(
      Effect.gen(function* () {
        const bus = yield* Bus
        const name = fresh()
        const { durables } = streamOf(name)
        yield* bus.ensure([streamOf(name, { retention: "limits" })])
        const late = { durable: `${name}-late`, subject: `${name}.late`, ackWaitMs: 30_000, maxAckPending: 100 }
        yield* bus.ensure([streamOf(name, { retention: "limits", durables: [...durables, late] })])
        const own = Effect.map(bus.state, (all) =>
          all
            .find((one) => one.name === name)
            ?.durables.map(({ durable }) => durable)
            .sort(),
        )
        expect(yield* own).toEqual([`${name}-all`, `${name}-late`])
      }),
    ))

  it("says how full a stream is", () =>
    on(
      Effect.gen(function* () {
        const bus = yield* Bus
        const name = fresh()
        yield* bus.ensure([streamOf(name)])
        for (const text of ["a", "b", "c"]) yield* bus.publish(`${name}.said`, text, `${name}:${text}`)
        const own = Effect.map(bus.state, (all) => all.find((one) => one.name === name)?.durables)
        expect(yield* own).toEqual([{ durable: `${name}-all`, waiting: 3, unacked: 0 }])
        const inbox = yield* reading(name)
        yield* Effect.flatMap(Queue.take(inbox), ({ ack }) => ack)
        yield* soon(own, [{ durable: `${name}-all`, waiting: 0, unacked: 2 }])
      }),
    ))
}

/** Holds a bus to its promises about what is stored and delivered. `ackWaitMs`: longer than whoever keeps its time may be kept waiting. */
export const holdsDeliveries = (on: OnBus, ackWaitMs: number) => {
  deliveries(on, ackWaitMs)
  storing(on)
}

/** One bus per test. */
export const onLayer =
  (layer: Layer.Layer<Bus, unknown>): OnBus =>
  (work) =>
    Effect.runPromise(Effect.scoped(Effect.provide(work, layer)))
