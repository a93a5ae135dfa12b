import { Effect, Layer, Ref } from "effect"
import { TestClock } from "effect/testing"
import { describe, expect, it } from "vitest"
import { alone, atWork, commandText, runId, target, traceparent } from "./actor-world.suite.ts"
import { layer as memory } from "./Bus.memory.ts"
import { Bus, BusUnavailable } from "./Bus.ts"
import { Lease } from "./Lease.ts"
import { Retry, Terminal } from "./outcome.ts"

const notice = { kind: "run-fixed", target, summary: "fixed" } as const
const notified = { type: "notified", data: { channel: "off" } } as const
type Handled = Effect.Effect<typeof notified, Retry | Terminal, Lease>

const answering = (handle: () => Handled) =>
  Effect.gen(function* () {
    const actor = yield* atWork({ name: "notifier.notify", concurrency: 2, handle })
    yield* actor.send(notice)
    const { message } = yield* actor.answer
    yield* actor.idle
    return message
  })

describe.concurrent("a command", () => {
  it("is answered once, by an event that says whose answer it is", () =>
    alone(
      Effect.gen(function* () {
        const actor = yield* atWork({ name: "notifier.notify", concurrency: 2, handle: () => Effect.succeed(notified) })
        yield* actor.send(notice)
        const { subject, message } = yield* actor.answer
        expect(subject).toBe("evt.notifier.notified")
        expect(message).toMatchObject({ ...notified, runId, causedBy: `${runId}.1.0#1`, attempt: 2 })
        expect(message.id).toMatch(new RegExp(`^${runId}\\.1\\.0#1#.+`))
        expect(message.traceparent.split("-")[1]).toBe(traceparent.split("-")[1])
        yield* actor.idle
        expect(yield* actor.untaken).toBe(0)
      }),
    ))

  it("that is delivered twice is answered under two names", () =>
    alone(
      Effect.gen(function* () {
        const actor = yield* atWork({ name: "notifier.notify", concurrency: 1, handle: () => Effect.succeed(notified) })
        yield* actor.send(notice, "first")
        yield* actor.send(notice, "second")
        const [first, second] = [yield* actor.answer, yield* actor.answer]
        expect(first.message.id).not.toBe(second.message.id)
        expect(first.message.causedBy).toBe(second.message.causedBy)
      }),
    ))

  /** How often it is done when so many tries to say its answer fail. */
  const timesDone = (deaf: number) =>
    alone(
      Effect.gen(function* () {
        const tries = yield* Ref.make(0)
        const handle = () =>
          Effect.as(
            Ref.update(tries, (n) => n + 1),
            notified,
          )
        const actor = yield* atWork({ name: "notifier.notify", concurrency: 1, handle })
        yield* actor.send(notice)
        yield* Effect.raceFirst(actor.answer, Effect.forever(Effect.andThen(TestClock.adjust("1 second"), Effect.yieldNow)))
        return yield* Ref.get(tries)
      }).pipe(Effect.provide(TestClock.layer())),
      deafAtFirst(deaf),
    )

  it("whose answer cannot be said says it again", () => expect(timesDone(3)).resolves.toBe(1))
  it("whose answer cannot be said for seconds is done again", () => expect(timesDone(10)).resolves.toBe(2))
})

/** A bus that loses the first answers. */
const deafAtFirst = (times: number) =>
  Layer.effect(
    Bus,
    Effect.gen(function* () {
      const bus = yield* Bus
      const left = yield* Ref.make(times)
      return Bus.of({
        ...bus,
        publish: (subject, text, id) =>
          Effect.flatMap(subject.startsWith("evt.") ? Ref.getAndUpdate(left, (n) => n - 1) : Effect.succeed(0), (n) =>
            n > 0 ? Effect.fail(new BusUnavailable({ message: "away" })) : bus.publish(subject, text, id),
          ),
      })
    }),
  ).pipe(Layer.provide(memory))

describe.concurrent("trouble", () => {
  it("that passes is answered as postponed, with its time and its reason", () =>
    alone(
      Effect.gen(function* () {
        const message = yield* answering(() => new Retry({ reason: "rate limited", afterMs: 60_000, uncounted: true }))
        expect(message).toMatchObject({ type: "postponed", data: { afterMs: 60_000, why: "rate limited", uncounted: true } })
      }),
    ))

  it("without a time is tried again after two seconds, and counts", () =>
    alone(
      Effect.gen(function* () {
        const message = yield* answering(() => new Retry({ reason: "away" }))
        expect(message.data).toEqual({ afterMs: 2_000, why: "away" })
      }),
    ))

  it("that no repetition mends ends the command", () =>
    alone(
      Effect.gen(function* () {
        const message = yield* answering(() => new Terminal({ reason: "bad credentials" }))
        expect(message).toMatchObject({ type: "failed-for-good", data: { reason: "bad credentials" } })
      }),
    ))

  it("in the program itself is a try like any other", () =>
    alone(
      Effect.gen(function* () {
        const message = yield* answering(() => Effect.die(new Error("undefined is not a function")))
        expect(message).toMatchObject({ type: "postponed", data: { afterMs: 2_000 } })
        expect(message.data).toMatchObject({ why: expect.stringContaining("undefined is not a function") })
      }),
    ))

  it("of any length fits into a message", () =>
    alone(
      Effect.gen(function* () {
        const message = yield* answering(() => new Terminal({ reason: "x".repeat(10_000) }))
        expect(message).toMatchObject({ data: { reason: "x".repeat(2_000) } })
      }),
    ))
})

describe.concurrent("a message that is no such command", () => {
  const refused = (text: string) =>
    Effect.gen(function* () {
      const actor = yield* atWork({ name: "notifier.notify", concurrency: 1, handle: () => Effect.die("must not be called") })
      yield* actor.publish(text, "strange")
      yield* actor.idle
      return actor
    })

  it.each(["", "{", "null", `{"type":"notifier.notify"}`])("%j is put aside, and nobody is answered", (text) =>
    alone(
      Effect.gen(function* () {
        const actor = yield* refused(text)
        expect(yield* actor.untaken).toBe(0)
      }),
    ),
  )

  it.each([
    ["its data does not fit", commandText("notifier.notify", { kind: "dance" }), /kind/],
    ["it is another command", commandText("github.close-pull-request", { target, reason: "x" }), /was sent a github.close-pull-request/],
  ])("is answered as failed for good when it says who it is: %s", (_, text, reason) =>
    alone(
      Effect.gen(function* () {
        const actor = yield* refused(text)
        const { message } = yield* actor.answer
        expect(message).toMatchObject({ type: "failed-for-good", runId, data: { reason: expect.stringMatching(reason) } })
      }),
    ),
  )
})

describe.concurrent("a command that needs no lease", () => {
  it("asks for none, and may always go on", () =>
    alone(
      Effect.gen(function* () {
        const handle = () =>
          Effect.as(
            Lease.use(({ confirm }) => confirm),
            notified,
          )
        const actor = yield* atWork({ name: "notifier.notify", concurrency: 1, handle }, ["stale"])
        yield* actor.send(notice)
        expect((yield* actor.answer).message.type).toBe("notified")
      }),
    ))
})
