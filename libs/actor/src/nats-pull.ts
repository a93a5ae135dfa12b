import { type Msg, type NatsConnection, nanos } from "@nats-io/transport-node"
import { Effect, Stream } from "effect"
import { BusUnavailable, type ConsumeOptions, type Delivery } from "./Bus.ts"
import { workBegins } from "./compile-when-busy.ts"
import { inboxOf } from "./nats-connection.ts"

/** How long the server keeps a question for a message that has none (ms). Short, so that a wiped store is noticed within seconds. */
const expiresMs = 2_000
/** For its word that there was none; without it the server was away. */
const graceMs = 500
const timedOut = 408

const unavailable = (cause: unknown) => new BusUnavailable({ message: String(cause) })

/** `$JS.ACK.<stream>.<durable>.<deliveries>...`, or with domain and account before the stream (NATS ADR-15). */
const deliveriesOf = (reply = "") => {
  const parts = reply.split(".")
  return Number(parts[parts.length > 9 ? 6 : 4])
}

/** What the server sent, and when it came, by this process's own clock (ms). */
interface Arrived {
  readonly message: Msg
  readonly since: number
}

/** What the server is told about a delivery: https://docs.nats.io/reference/reference-protocols/nats_api_reference */
const deliveryOf = ({ message, since }: Arrived): Delivery => {
  workBegins()
  const say = (text: string) => Effect.sync(() => void message.respond(text))
  return {
    subject: message.subject,
    text: message.string(),
    deliveries: deliveriesOf(message.reply),
    age: Effect.sync(() => performance.now() - since),
    ack: say("+ACK"),
    nak: (delayMs) => say(`-NAK ${JSON.stringify({ delay: nanos(delayMs) })}`),
    term: (reason) => say(`+TERM ${reason}`),
    working: say("+WPI"),
  }
}

/** One message at a time, the next only when the reader took the last. One inbox for all of them: the client's own `next` makes one for each. */
export const oneByOne = (connection: NatsConnection, { stream, durable }: ConsumeOptions): Stream.Stream<Delivery, BusUnavailable> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const inbox = inboxOf(connection)
      const question = JSON.stringify({ batch: 1, expires: nanos(expiresMs) })
      const arrived: Array<Arrived> = []
      let taker: (() => void) | undefined
      const callback = (error: Error | null, message: Msg) => {
        if (error !== null) return
        arrived.push({ message, since: performance.now() })
        taker?.()
      }
      yield* Effect.acquireRelease(
        Effect.sync(() => connection.subscribe(inbox, { callback })),
        (open) => Effect.sync(() => open.unsubscribe()),
      )
      // A server that comes back has forgotten the question.
      const changes = Stream.fromAsyncIterable(connection.status(), unavailable)
      yield* Effect.forkScoped(Stream.runForEach(changes, ({ type }) => Effect.sync(() => (type === "reconnect" ? taker?.() : undefined))))

      const came = Effect.callback<void, BusUnavailable>((resume) => {
        const forget = () => {
          clearTimeout(timer)
          taker = undefined
        }
        const end = () => {
          forget()
          resume(Effect.void)
        }
        const timer = setTimeout(end, expiresMs + graceMs)
        taker = end
        try {
          connection.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`, question, { reply: inbox })
        } catch (error) {
          forget()
          resume(Effect.fail(unavailable(error)))
        }
        return Effect.sync(forget)
      })

      // What came late, for an earlier question, is taken before another one is asked.
      const next = Effect.suspend(() => (arrived.length > 0 ? Effect.void : came)).pipe(
        Effect.flatMap((): Effect.Effect<ReadonlyArray<Delivery>, BusUnavailable> => {
          const first = arrived.shift()
          if (first === undefined) return Effect.succeed([])
          const { message } = first
          if (message.subject !== inbox) return Effect.succeed([deliveryOf(first)])
          if (message.headers?.code === timedOut) return Effect.succeed([])
          return Effect.fail(new BusUnavailable({ message: `${message.headers?.code} ${message.headers?.description}` }))
        }),
      )
      return Stream.flattenIterable(Stream.fromEffectRepeat(next))
    }),
  )
