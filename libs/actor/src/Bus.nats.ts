import {
  AckPolicy,
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  type JsMsg,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
  StorageType,
} from "@nats-io/jetstream"
import { headers, type Msg, type NatsConnection, NoRespondersError, nanos, TimeoutError } from "@nats-io/transport-node"
import { Effect, Layer, Queue, Stream } from "effect"
import { Bus, BusUnavailable, type ConsumeOptions, type Delivery, NobodyAnswered, type StreamConfig } from "./Bus.ts"
import { workBegins } from "./compile-when-busy.ts"
import { Nats } from "./nats-connection.ts"
import { oneByOne } from "./nats-pull.ts"
import { openRequests } from "./nats-requests.ts"

const publishTimeoutMs = 3_000
/** What the server is asked about streams and consumers it answers soon or not at all; who asks comes back. */
const manageTimeoutMs = 1_000
/** Short, so that a reader finds its consumer again within seconds of a wiped store. */
const expiresMs = 2_000
const pauseAfterErrorMs = 250
/** More than any durable allows unacked, so that nothing is ever dropped here. */
const bufferSize = 2_048

const unavailable = (cause: unknown) =>
  new BusUnavailable({ message: cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause) })
const attempt = <A>(run: () => Promise<A>) => Effect.tryPromise({ try: run, catch: unavailable })

const deliveryOf = (message: JsMsg): Delivery => {
  workBegins()
  const since = performance.now()
  return {
    subject: message.subject,
    text: message.string(),
    deliveries: message.info.deliveryCount,
    age: Effect.sync(() => performance.now() - since),
    ack: Effect.sync(() => message.ack()),
    nak: (delayMs) => Effect.sync(() => message.nak(delayMs)),
    term: (reason) => Effect.sync(() => message.term(reason)),
    working: Effect.sync(() => message.working()),
  }
}

/** As many as the server gives; the durable's limit of unacked messages is the back-pressure. */
const ahead = (connection: NatsConnection, options: ConsumeOptions) =>
  Stream.callback<Delivery, BusUnavailable>(
    (queue) =>
      Effect.gen(function* () {
        const consumer = yield* attempt(() =>
          jetstream(connection, { timeout: manageTimeoutMs }).consumers.get(options.stream, options.durable),
        )
        const callback = (message: JsMsg) => {
          Queue.offerUnsafe(queue, deliveryOf(message))
        }
        const messages = yield* Effect.acquireRelease(
          attempt(() => consumer.consume({ max_messages: options.prefetch, expires: expiresMs, callback })),
          (open) => Effect.ignore(Effect.tryPromise(() => open.close())),
        )
        yield* Effect.flatMap(
          attempt(() => messages.closed()),
          () => Queue.fail(queue, unavailable("the consumer was closed")),
        )
      }),
    { bufferSize },
  )

const consume = (connection: NatsConnection, options: ConsumeOptions): Stream.Stream<Delivery> => {
  const once = options.prefetch <= 1 ? oneByOne(connection, options) : ahead(connection, options)
  // The consumer or the server is away: say nothing, it is the planner's business; come back until it is there.
  const again = (): Stream.Stream<Delivery> =>
    once.pipe(
      Stream.catch(() => Stream.unwrap(Effect.as(Effect.sleep(pauseAfterErrorMs), Stream.empty))),
      Stream.forever,
    )
  return again()
}

/** The consumers that a stream has, ours or not. */
const namesOf = async (manager: JetStreamManager, stream: string) => {
  const names = new Set<string>()
  for await (const { name } of manager.consumers.list(stream)) names.add(name)
  return names
}

/** Creates the stream or widens the one that is there; then its durables, if one is missing or they were not looked at yet (`isNew`). */
const ensureStream = async (manager: JetStreamManager, config: StreamConfig, isNew: boolean) => {
  const wanted = {
    name: config.name,
    subjects: [...config.subjects],
    retention: config.retention === "workqueue" ? RetentionPolicy.Workqueue : RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    max_age: nanos(config.maxAgeMs),
    max_bytes: config.maxBytes,
    duplicate_window: nanos(config.duplicateWindowMs),
  }
  try {
    const { config: there } = await manager.streams.info(config.name)
    if (there.max_bytes !== wanted.max_bytes || there.max_age !== wanted.max_age) await manager.streams.update(config.name, wanted)
    // By their names: by their number alone, another program's could stand in for one that is gone.
    const known = isNew || config.durables.length === 0 ? new Set() : await namesOf(manager, config.name)
    if (config.durables.every(({ durable }) => known.has(durable))) return
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== streamNotFound) throw error
    await manager.streams.add(wanted)
  }
  for (const { durable, subject, ackWaitMs, maxAckPending } of config.durables)
    await manager.consumers.add(config.name, {
      durable_name: durable,
      filter_subject: subject,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ackWaitMs),
      max_ack_pending: maxAckPending,
      max_deliver: -1,
    })
}

const messageIdHeader = "Nats-Msg-Id"
const streamNotFound = 10059
const messageNotFound = 10037

const isStored = async (manager: JetStreamManager, stream: string, sequence: number, messageId: string) => {
  try {
    const message = await manager.streams.getMessage(stream, { seq: sequence })
    return message?.header.get(messageIdHeader) === messageId
  } catch (error) {
    if (error instanceof JetStreamApiError && (error.code === messageNotFound || error.code === streamNotFound)) return false
    throw error
  }
}

const stateOf = async (manager: JetStreamManager) => {
  const streams = []
  for await (const { config, state } of manager.streams.list()) {
    if (config.name.startsWith("OBJ_") || config.name.startsWith("KV_")) continue
    const durables = []
    for await (const consumer of manager.consumers.list(config.name))
      durables.push({ durable: consumer.name, waiting: consumer.num_pending, unacked: consumer.num_ack_pending })
    streams.push({ name: config.name, messages: state.messages, durables })
  }
  return streams
}

/** The header by which the server knows a repeat. */
const named = (messageId: string) => {
  const own = headers()
  own.set(messageIdHeader, messageId)
  return own
}

/** Where the server put a message, from its reply to a publish. Throws what it says instead: a refusal has an `error`, and the sequence 0. */
const storedAt = (reply: Msg): { readonly sequence: number } => {
  const said: unknown = reply.json()
  const isAck = typeof said === "object" && said !== null && !("error" in said) && "seq" in said
  if (isAck && typeof said.seq === "number" && said.seq > 0) return { sequence: said.seq }
  throw new Error(reply.string().slice(0, 300))
}

const make = Effect.gen(function* () {
  const connection = yield* Nats
  const request = yield* openRequests(connection)
  const ensured = new Set<string>()
  const manager = attempt(() => jetstreamManager(connection, { checkAPI: false, timeout: manageTimeoutMs }))
  const managed = <A>(run: (manager: JetStreamManager) => Promise<A>) => Effect.flatMap(manager, (open) => attempt(() => run(open)))

  const subscribe = (subject: string) =>
    Effect.gen(function* () {
      const queue = yield* Queue.unbounded<{ subject: string; text: string }>()
      const callback = (error: Error | null, message: Msg) => {
        workBegins()
        if (error === null) Queue.offerUnsafe(queue, { subject: message.subject, text: message.string() })
      }
      yield* Effect.acquireRelease(
        Effect.sync(() => connection.subscribe(subject, { callback })),
        (open) => Effect.sync(() => open.unsubscribe()),
      )
      yield* attempt(() => connection.flush())
      return Stream.fromQueue(queue)
    })

  const answer = (subject: string, handler: (text: string) => Effect.Effect<string>) =>
    Effect.gen(function* () {
      const run = Effect.runForkWith(yield* Effect.context<never>())
      const callback = (error: Error | null, message: Msg) => {
        if (error === null) run(Effect.map(handler(message.string()), (text) => message.respond(text)))
      }
      yield* Effect.acquireRelease(
        Effect.sync(() => connection.subscribe(subject, { queue: subject, callback })),
        (open) => Effect.sync(() => open.unsubscribe()),
      )
      yield* attempt(() => connection.flush())
    })

  return Bus.of({
    publish: (subject, text, messageId) =>
      request(subject, text, publishTimeoutMs, named(messageId)).pipe(
        Effect.flatMap((reply) => Effect.try({ try: () => storedAt(reply), catch: (cause) => cause })),
        Effect.mapError(unavailable),
      ),
    tell: (subject, text, messageId) =>
      Effect.sync(() => {
        connection.publish(subject, text, { headers: named(messageId) })
      }).pipe(Effect.catchDefect(() => Effect.void)),
    consume: (options) => consume(connection, options),
    subscribe,
    ask: (subject, text, timeoutMs) =>
      request(subject, text, timeoutMs).pipe(
        Effect.map((reply) => reply.string()),
        Effect.mapError((cause) => {
          const absent = cause instanceof NoRespondersError
          return absent || cause instanceof TimeoutError ? new NobodyAnswered({ subject, absent }) : unavailable(cause)
        }),
      ),
    answer,
    ensure: (streams) =>
      managed(async (open) => {
        await Promise.all(streams.map((config) => ensureStream(open, config, !ensured.has(config.name))))
        for (const { name } of streams) ensured.add(name)
      }),
    isStored: (stream, sequence, messageId) =>
      sequence < 1 ? Effect.succeed(false) : managed((open) => isStored(open, stream, sequence, messageId)),
    state: managed(stateOf),
    isConnected: Effect.sync(() => !connection.isClosed() && connection.getServer() !== ""),
  })
})

/** The bus on a NATS server with JetStream. */
export const layer = Layer.effect(Bus, make)
