/**
 * Shows every message of a running system, one line of readable JSON each: what `nats sub '>'` shows where the nats CLI is installed.
 *
 *   npm run watch                  everything
 *   npm run watch -- 'run.>'       the ledger only
 */
import { BadNatsUrl, readNatsUrl } from "@ci-fix-pilot/actor/read-nats-url"
import { shownValue } from "@ci-fix-pilot/contract/configuration"
import { connect, type NatsConnection } from "@nats-io/transport-node"
import { Config, Effect, Option, Redacted } from "effect"

const internal = /^(?:_INBOX|\$)/u
/** What the broker hands to a durable shows once more, under the same subject: only the publishing is shown. */
const delivery = /^\$JS\.ACK\./u

const settings = Config.all({
  url: Config.String("NATS_URL").pipe(Config.withDefault("nats://127.0.0.1:4222")),
  password: Config.option(Config.Redacted("CI_HEALING_NATS_PASSWORD")),
})

/** Connects as people do: with the login of the address, else as the operator if there is a password. */
const open = async ({ url, password }: Effect.Success<typeof settings>): Promise<NatsConnection> => {
  const { servers, login } = readNatsUrl(url)
  const operator = Option.isSome(password) ? { user: "operator", pass: Redacted.value(password.value) } : {}
  return connect({ servers, name: "operator", inboxPrefix: "_INBOX_operator", maxReconnectAttempts: -1, ...(login ?? operator) })
}

const given = await Effect.runPromise(settings)
const connection = await open(given).catch((error: unknown) => {
  const why = error instanceof BadNatsUrl ? error.message : `no message server lets us in at ${shownValue(given.url)}: ${error}`
  process.stderr.write(`${why}\nNATS_URL says where the system's is; npm start prints its own.\n`)
  return process.exit(2)
})
process.stderr.write(`listening at ${shownValue(given.url)}; Ctrl-C ends\n`)
for await (const message of connection.subscribe(Bun.argv[2] ?? ">"))
  if (!internal.test(message.subject) && !delivery.test(message.reply ?? ""))
    process.stdout.write(`${message.subject} ${message.string()}\n`)
