import { connect, createInbox, type NatsConnection } from "@nats-io/transport-node"
import { Config, Context, Effect, Layer, Option, Redacted } from "effect"
import { BusUnavailable } from "./Bus.ts"

/** Where the server is and as whom to log in. `name` is shown by the server's monitoring and prefixes this client's inboxes. */
export interface NatsAddress {
  readonly servers: string
  readonly name: string
  readonly user?: string
  readonly password?: Redacted.Redacted
}

const prefixes = new WeakMap<NatsConnection, string>()

/** A new inbox, of those that this connection's user may listen to. */
export const inboxOf = (connection: NatsConnection): string => createInbox(prefixes.get(connection))

/** One connection to NATS per process; reconnects for ever. */
export class Nats extends Context.Service<Nats, NatsConnection>()("ci-fix-pilot/Nats") {
  /** Connects to a given server. Waits for a server that is not there yet. */
  static readonly to = (address: NatsAddress) =>
    Layer.effect(
      Nats,
      Effect.acquireRelease(
        Effect.tryPromise({
          try: async () => {
            const inboxPrefix = `_INBOX_${address.name}`
            const connection = await connect({
              servers: address.servers,
              name: address.name,
              inboxPrefix,
              maxReconnectAttempts: -1,
              reconnectTimeWait: 200,
              waitOnFirstConnect: true,
              pingInterval: 10_000,
              // A stack trace for every request that might fail costs more than the request.
              noAsyncTraces: true,
              ...(address.user === undefined || address.password === undefined
                ? {}
                : { user: address.user, pass: Redacted.value(address.password) }),
            })
            prefixes.set(connection, inboxPrefix)
            return connection
          },
          catch: (cause) => new BusUnavailable({ message: `NATS at ${address.servers}: ${String(cause)}` }),
        }),
        (connection) => Effect.ignore(Effect.tryPromise(() => connection.drain())),
      ),
    )

  /** Reads `NATS_URL`, and `CI_HEALING_NATS_PASSWORD` with the service's name as the user. */
  static readonly layer = (service: string) =>
    Layer.unwrap(
      Effect.gen(function* () {
        const servers = yield* Config.String("NATS_URL").pipe(Config.withDefault("nats://127.0.0.1:4222"))
        const password = Option.getOrUndefined(yield* Config.option(Config.Redacted("CI_HEALING_NATS_PASSWORD")))
        return Nats.to({ servers, name: service, ...(password === undefined ? {} : { user: service, password }) })
      }),
    )
}
