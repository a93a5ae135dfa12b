import { shownValue } from "@ci-fix-pilot/contract/configuration"
import { connect, createInbox, type NatsConnection } from "@nats-io/transport-node"
import { Config, Context, Effect, Layer, Option, Redacted, Schedule } from "effect"
import { BusUnavailable } from "./Bus.ts"
import { BadNatsUrl, readNatsUrl } from "./read-nats-url.ts"

/**
 * Where the server is and as whom to log in. `name` is shown by the server's monitoring and prefixes this client's inboxes.
 * A login in `servers` goes before `user` and `password`.
 */
export interface NatsAddress {
  readonly servers: string
  readonly name: string
  readonly user?: string
  readonly password?: Redacted.Redacted
}

const prefixes = new WeakMap<NatsConnection, string>()

/** A new inbox, of those that this connection's user may listen to. */
export const inboxOf = (connection: NatsConnection): string => createInbox(prefixes.get(connection))

const open = ({ servers: text, name, user, password }: NatsAddress) =>
  Effect.tryPromise({
    try: async () => {
      const { servers, login } = readNatsUrl(text)
      const inboxPrefix = `_INBOX_${name}`
      const connection = await connect({
        servers,
        name,
        inboxPrefix,
        maxReconnectAttempts: -1,
        reconnectTimeWait: 200,
        pingInterval: 10_000,
        // A stack trace for every request that might fail costs more than the request.
        noAsyncTraces: true,
        // An address that asks for TLS is never served without it.
        ...(servers.some((one) => one.startsWith("tls:")) ? { tls: {} } : {}),
        ...(login ?? (user === undefined || password === undefined ? {} : { user, pass: Redacted.value(password) })),
      })
      prefixes.set(connection, inboxPrefix)
      return connection
    },
    catch: (cause) =>
      cause instanceof BadNatsUrl ? cause : new BusUnavailable({ message: `NATS at ${shownValue(text)}: ${String(cause)}` }),
  })

/** How often a wait is mentioned: the first time at once, then about twice a minute. */
const mention = 150

/** Tries until there is a server that lets us in, and says what it waits for. */
const waiting = Effect.fnUntraced(function* (address: NatsAddress) {
  let tries = 0
  const say = (error: BadNatsUrl | BusUnavailable) =>
    tries++ % mention === 0 && error._tag === "BusUnavailable" ? Effect.logWarning(`waiting for ${error.message}`) : Effect.void
  return yield* Effect.acquireRelease(open(address), (connection) => Effect.ignore(Effect.tryPromise(() => connection.drain()))).pipe(
    Effect.tapError(say),
    Effect.retry({ while: (error) => error._tag === "BusUnavailable", schedule: Schedule.spaced("200 millis") }),
  )
})

/** One connection to NATS per process; reconnects for ever. */
export class Nats extends Context.Service<Nats, NatsConnection>()("ci-fix-pilot/Nats") {
  /** Connects to a given server. Waits for a server that is not there yet. Fails with BadNatsUrl. */
  static readonly to = (address: NatsAddress) => Layer.effect(Nats, waiting(address))

  /** Reads `NATS_URL`, and unless that holds a login `CI_HEALING_NATS_PASSWORD`, with the service's name as the user. */
  static readonly layer = (service: string) =>
    Layer.unwrap(
      Effect.gen(function* () {
        const servers = yield* Config.String("NATS_URL").pipe(Config.withDefault("nats://127.0.0.1:4222"))
        const password = Option.getOrUndefined(yield* Config.option(Config.Redacted("CI_HEALING_NATS_PASSWORD")))
        return Nats.to({ servers, name: service, ...(password === undefined ? {} : { user: service, password }) })
      }),
    )
}
