/**
 * Shows every message of a running system, one line of readable JSON each: what `nats sub '>'` shows where the nats CLI is installed.
 *
 *   npm run watch                  everything
 *   npm run watch -- 'run.>'       the ledger only
 */
import { connect } from "@nats-io/transport-node"
import { Config, Effect, Option, Redacted } from "effect"

const internal = /^(?:_INBOX|\$)/u
/** What the broker hands to a durable shows once more, under the same subject: only the publishing is shown. */
const delivery = /^\$JS\.ACK\./u

const settings = await Effect.runPromise(
  Config.all({
    servers: Config.String("NATS_URL").pipe(Config.withDefault("nats://127.0.0.1:4222")),
    password: Config.option(Config.Redacted("CI_HEALING_NATS_PASSWORD")),
  }),
)
const login = Option.isSome(settings.password) ? { user: "operator", pass: Redacted.value(settings.password.value) } : {}
const connection = await connect({ servers: settings.servers, name: "operator", inboxPrefix: "_INBOX_operator", ...login })
process.stderr.write(`listening at ${settings.servers}; Ctrl-C ends\n`)
for await (const message of connection.subscribe(Bun.argv[2] ?? ">"))
  if (!internal.test(message.subject) && !delivery.test(message.reply ?? ""))
    process.stdout.write(`${message.subject} ${message.string()}\n`)
