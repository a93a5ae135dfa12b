import { Context, Effect, Schema, type Scope, type Stream } from "effect"

/** The broker did not do what was asked: away, restarting, or its store was wiped. Always worth another try. */
export class BusUnavailable extends Schema.TaggedError<BusUnavailable>()("BusUnavailable", { message: Schema.String }) {}

/** A question got no answer. */
export class NobodyAnswered extends Schema.TaggedError<NobodyAnswered>()("NobodyAnswered", {
  subject: Schema.String,
  /** No service listens there; otherwise one may, but is slow or cannot be reached just now. */
  absent: Schema.Boolean.pipe(Schema.withConstructorDefault(Effect.succeed(false))),
}) {}

/** One delivery of a message. Exactly one of ack, nak and term ends it; `working` renews the server's ack wait. */
export interface Delivery {
  readonly subject: string
  readonly text: string
  /** 1 at the first delivery. */
  readonly deliveries: number
  /** How long ago it came to this process (ms). Past the ack wait another process may have it, too. */
  readonly age: Effect.Effect<number>
  readonly ack: Effect.Effect<void>
  readonly nak: (delayMs: number) => Effect.Effect<void>
  readonly term: (reason: string) => Effect.Effect<void>
  readonly working: Effect.Effect<void>
}

export interface ConsumeOptions {
  readonly stream: string
  readonly durable: string
  /** Messages fetched ahead of the reader. 1: fetch the next only when the reader asks, for work that takes long. */
  readonly prefetch: number
}

/** A durable consumer that must exist. Times in ms. */
export interface DurableConfig {
  readonly durable: string
  readonly subject: string
  readonly ackWaitMs: number
  readonly maxAckPending: number
}

/** A stream that must exist. Times in ms. */
export interface StreamConfig {
  readonly name: string
  readonly subjects: ReadonlyArray<string>
  readonly retention: "workqueue" | "limits"
  readonly maxAgeMs: number
  /** The oldest messages go when there are more bytes: a full store would refuse everything. */
  readonly maxBytes: number
  readonly duplicateWindowMs: number
  readonly durables: ReadonlyArray<DurableConfig>
}

/** How full a stream is: messages stored, and per durable those not yet delivered and those not yet acked. */
export interface StreamState {
  readonly name: string
  readonly messages: number
  readonly durables: ReadonlyArray<{ readonly durable: string; readonly waiting: number; readonly unacked: number }>
}

/** The messages between services. Layers: `Bus.nats` (a NATS server with JetStream), `Bus.memory` (tests). Both pass `Bus.suite`. */
export class Bus extends Context.Service<
  Bus,
  {
    /** Stores a message and gives its sequence in the stream. The server drops a repeated `messageId` inside its duplicate window. */
    readonly publish: (subject: string, text: string, messageId: string) => Effect.Effect<{ readonly sequence: number }, BusUnavailable>
    /** Says a message without waiting for anybody to have it: for what can be read elsewhere, too. */
    readonly tell: (subject: string, text: string, messageId: string) => Effect.Effect<void>
    /** Reads a durable for ever; survives restarts and wiped stores (after `ensure`). */
    readonly consume: (options: ConsumeOptions) => Stream.Stream<Delivery>
    /** What is published from now on, at most once: for live views that can re-read a truth. */
    readonly subscribe: (
      subject: string,
    ) => Effect.Effect<Stream.Stream<{ readonly subject: string; readonly text: string }>, BusUnavailable, Scope.Scope>
    /** Request and reply. */
    readonly ask: (subject: string, text: string, timeoutMs: number) => Effect.Effect<string, BusUnavailable | NobodyAnswered>
    /** Answers questions in one queue group per subject until the scope closes. The handler must not fail. */
    readonly answer: (subject: string, handler: (text: string) => Effect.Effect<string>) => Effect.Effect<void, BusUnavailable, Scope.Scope>
    /** Creates or repairs streams and durables. Only the planner calls it. */
    readonly ensure: (streams: ReadonlyArray<StreamConfig>) => Effect.Effect<void, BusUnavailable>
    /** Whether this message is still in the stream at this sequence; after a wipe another one may stand there. */
    readonly isStored: (stream: string, sequence: number, messageId: string) => Effect.Effect<boolean, BusUnavailable>
    readonly state: Effect.Effect<ReadonlyArray<StreamState>, BusUnavailable>
    readonly isConnected: Effect.Effect<boolean>
  }
>()("ci-fix-pilot/Bus") {}
