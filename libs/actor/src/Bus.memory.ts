import { Clock, Deferred, Effect, Layer, Queue, type Scope, Stream } from "effect"
import { Bus, type Delivery, type DurableConfig, NobodyAnswered, type StreamConfig } from "./Bus.ts"

interface Stored {
  readonly id: string
  readonly sequence: number
  readonly subject: string
  readonly text: string
  deliveries: number
  state: "waiting" | "out" | "done"
}

interface Durable {
  readonly config: DurableConfig
  readonly queue: Queue.Queue<Stored>
}

interface Kept {
  readonly config: StreamConfig
  readonly messages: Array<Stored>
  readonly durables: Map<string, Durable>
}

/** Whether a subject matches a NATS pattern: `*` is one token, `>` the rest. */
export const matches = (pattern: string, subject: string): boolean => {
  const wanted = pattern.split(".")
  const tokens = subject.split(".")
  return (
    wanted.every((token, index) =>
      token === ">" ? tokens.length > index : token === "*" ? tokens[index] !== undefined : token === tokens[index],
    ) &&
    (wanted.at(-1) === ">" || wanted.length === tokens.length)
  )
}

const make = Effect.gen(function* () {
  const scope = yield* Effect.scope
  const streams = new Map<string, Kept>()
  const listeners = new Set<{ readonly pattern: string; readonly queue: Queue.Queue<{ subject: string; text: string }> }>()
  const answerers = new Map<string, Array<(text: string) => Effect.Effect<string>>>()
  const ready = yield* Deferred.make<void>()

  const offerLater = (durable: Durable, message: Stored, delayMs: number) =>
    Effect.sleep(delayMs).pipe(
      Effect.andThen(Effect.suspend(() => (message.state === "done" ? Effect.void : offer(durable, message)))),
      Effect.forkIn(scope),
      Effect.asVoid,
    )

  const offer = (durable: Durable, message: Stored): Effect.Effect<void> =>
    Effect.sync(() => {
      message.state = "waiting"
      Queue.offerUnsafe(durable.queue, message)
    })

  const deliveryOf = (durable: Durable, message: Stored): Effect.Effect<Delivery> =>
    Effect.gen(function* () {
      message.deliveries += 1
      message.state = "out"
      const { deliveries } = message
      const since = yield* Clock.currentTimeMillis
      const mine = () => message.state === "out" && message.deliveries === deliveries
      const renew: Effect.Effect<void> = Effect.sleep(durable.config.ackWaitMs).pipe(
        Effect.andThen(Effect.suspend(() => (mine() ? offer(durable, message) : Effect.void))),
      )
      let timer = yield* Effect.forkIn(renew, scope)
      const end = Effect.sync(() => {
        message.state = "done"
        timer.interruptUnsafe()
      })
      return {
        subject: message.subject,
        text: message.text,
        deliveries,
        age: Effect.map(Clock.currentTimeMillis, (now) => now - since),
        ack: end,
        term: () => end,
        nak: (delayMs) =>
          Effect.suspend(() =>
            mine()
              ? Effect.andThen(
                  Effect.sync(() => timer.interruptUnsafe()),
                  offerLater(durable, message, delayMs),
                )
              : Effect.void,
          ),
        working: Effect.gen(function* () {
          timer.interruptUnsafe()
          timer = yield* Effect.forkIn(renew, scope)
        }),
      } satisfies Delivery
    })

  const publish = (subject: string, text: string, messageId: string) =>
    Effect.gen(function* () {
      for (const { pattern, queue } of listeners) if (matches(pattern, subject)) Queue.offerUnsafe(queue, { subject, text })
      for (const kept of streams.values()) {
        if (!kept.config.subjects.some((pattern) => matches(pattern, subject))) continue
        const known = kept.messages.find(({ id }) => id === messageId)
        if (known !== undefined) return { sequence: known.sequence }
        const message: Stored = { id: messageId, sequence: kept.messages.length + 1, subject, text, deliveries: 0, state: "waiting" }
        kept.messages.push(message)
        for (const durable of kept.durables.values()) if (matches(durable.config.subject, subject)) yield* offer(durable, message)
        return { sequence: message.sequence }
      }
      return { sequence: 0 }
    })

  const ensure = (configs: ReadonlyArray<StreamConfig>) =>
    Effect.gen(function* () {
      for (const config of configs) {
        const kept = streams.get(config.name) ?? { config, messages: [], durables: new Map() }
        streams.set(config.name, kept)
        for (const durable of config.durables)
          if (!kept.durables.has(durable.durable))
            kept.durables.set(durable.durable, { config: durable, queue: yield* Queue.unbounded<Stored>() })
      }
      yield* Deferred.succeed(ready, undefined)
    })

  const askOne = (subject: string, text: string) => {
    const handler = answerers.get(subject)?.[0]
    return handler === undefined ? Effect.fail(new NobodyAnswered({ subject, absent: true })) : handler(text)
  }

  return Bus.of({
    publish,
    tell: (subject, text, messageId) => Effect.asVoid(publish(subject, text, messageId)),
    ensure,
    consume: ({ stream, durable }) =>
      Stream.unwrap(
        Effect.map(Deferred.await(ready), () => {
          const found = streams.get(stream)?.durables.get(durable)
          return found === undefined
            ? Stream.never
            : Stream.fromQueue(found.queue).pipe(Stream.mapEffect((message) => deliveryOf(found, message)))
        }),
      ),
    subscribe: (pattern) =>
      Effect.gen(function* () {
        const listener = { pattern, queue: yield* Queue.unbounded<{ subject: string; text: string }>() }
        yield* Effect.acquireRelease(
          Effect.sync(() => listeners.add(listener)),
          () => Effect.sync(() => listeners.delete(listener)),
        )
        return Stream.fromQueue(listener.queue)
      }),
    ask: (subject, text, timeoutMs) =>
      Effect.timeoutOrElse(askOne(subject, text), { duration: timeoutMs, orElse: () => Effect.fail(new NobodyAnswered({ subject })) }),
    answer: (subject, handler): Effect.Effect<void, never, Scope.Scope> =>
      Effect.asVoid(
        Effect.acquireRelease(
          Effect.sync(() => answerers.set(subject, [...(answerers.get(subject) ?? []), handler])),
          () =>
            Effect.sync(() =>
              answerers.set(
                subject,
                (answerers.get(subject) ?? []).filter((other) => other !== handler),
              ),
            ),
        ),
      ),
    isStored: (stream, sequence, messageId) =>
      Effect.sync(() => {
        const kept = streams.get(stream)
        const message = kept?.messages[sequence - 1]
        return message?.id === messageId && (message.state !== "done" || kept?.config.retention === "limits")
      }),
    state: Effect.sync(() =>
      [...streams.values()].map(({ config, messages, durables }) => ({
        name: config.name,
        messages: messages.length,
        durables: [...durables.values()].map((durable) => {
          const own = messages.filter(({ subject }) => matches(durable.config.subject, subject))
          return {
            durable: durable.config.durable,
            waiting: own.filter(({ state }) => state === "waiting").length,
            unacked: own.filter(({ state }) => state === "out").length,
          }
        }),
      })),
    ),
    isConnected: Effect.succeed(true),
  })
})

/** The bus inside one process, for tests: the same promises, no durability. */
export const layer = Layer.effect(Bus, make)
