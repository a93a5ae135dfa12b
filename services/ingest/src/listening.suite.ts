/** ingest as it runs, on a real database and a real broker, and a sender that signs. */
import { createHmac } from "node:crypto"
import { Bus } from "@ci-fix-pilot/actor/Bus"
import * as NatsBus from "@ci-fix-pilot/actor/Bus.nats"
import { Nats } from "@ci-fix-pilot/actor/nats-connection"
import { duplicateWindowMs, plannerDurable, streams } from "@ci-fix-pilot/contract/streams"
import { migrate } from "@ci-fix-pilot/sql/migrate"
import { readMigrations } from "@ci-fix-pilot/sql/read-migrations"
import type { Row } from "@ci-fix-pilot/sql/Sql"
import { Sql } from "@ci-fix-pilot/sql/Sql"
import * as Postgres from "@ci-fix-pilot/sql/Sql.postgres"
import { ConfigProvider, Effect, Layer, Logger, ManagedRuntime } from "effect"
import { layer } from "./main.ts"
import { Server } from "./Server.ts"

export const secret = "a secret of the tests"

/** 10 KB of a log like those that arrive. */
export const logOf = (n: number) =>
  `${Array.from({ length: 130 }, (_, line) => `2026-11-23T00:00:00.000Z ok ${line} - rounds ${line} correctly, as it always did before`).join("\n")}
not ok 131 - rounds down
AssertionError [ERR_ASSERTION]: expected ${n} to be less
`

export const failureOf = (n: number, more: object = {}) => ({
  provider: "github",
  repository: "acme/widgets",
  branch: "main",
  commitSha: n.toString(16).padStart(40, "0"),
  errorLog: logOf(n),
  ...more,
})

export const sign = (body: string, key = secret) => `sha256=${createHmac("sha256", key).update(body).digest("hex")}`

const events = {
  ...streams.events,
  duplicateWindowMs,
  durables: [{ durable: plannerDurable, subject: "evt.>", ackWaitMs: 30_000, maxAckPending: 10_000 }],
}

export interface Listening {
  readonly url: string
  readonly post: (body: unknown, headers?: Record<string, string>) => Promise<Response>
  readonly postGithub: (event: string, body: unknown, headers?: Record<string, string>) => Promise<Response>
  readonly rows: (text: string) => Promise<ReadonlyArray<Row>>
  /** Messages that the EVENTS stream holds. */
  readonly said: () => Promise<number>
  readonly stop: () => Promise<void>
}

/** Starts ingest on a free port. The caller stops it. */
export const startListening = async (databaseUrl: string, natsUrl: string, env: Record<string, string> = {}): Promise<Listening> => {
  const config = ConfigProvider.layer(
    ConfigProvider.fromEnvRecord({ CI_HEALING_WEBHOOK_SECRET: secret, CI_HEALING_INGEST_PORT: "0", ...env }),
  )
  const world = Layer.mergeAll(
    NatsBus.layer.pipe(Layer.provide(Nats.to({ servers: natsUrl, name: "ingest" }))),
    Layer.effect(Sql, Postgres.make(databaseUrl, 4)),
  )
  const runtime = ManagedRuntime.make(layer.pipe(Layer.provideMerge(world), Layer.provide([config, Logger.layer([])])))
  await runtime.runPromise(migrate(plannerMigrations()).pipe(Effect.provide(Logger.layer([]))))
  await runtime.runPromise(Bus.use((bus) => bus.ensure([events])))
  const { url } = await runtime.runPromise(Server.use(Effect.succeed))
  const send = (path: string, text: string, headers: Record<string, string>) =>
    fetch(`${url}${path}`, { method: "POST", body: text, headers: { "content-type": "application/json", ...headers } })
  const textOf = (body: unknown) => (typeof body === "string" ? body : JSON.stringify(body))
  return {
    url,
    post: (body, headers = {}) => send("/v1/ci-healing/webhook", textOf(body), { "x-ci-signature": sign(textOf(body)), ...headers }),
    postGithub: (event, body, headers = {}) =>
      send("/v1/github/webhook", textOf(body), {
        "x-github-event": event,
        "x-github-delivery": crypto.randomUUID(),
        "x-hub-signature-256": sign(textOf(body)),
        ...headers,
      }),
    rows: (text) => runtime.runPromise(Sql.use((sql) => sql.query(text))),
    said: () =>
      runtime.runPromise(
        Bus.use((bus) => bus.state.pipe(Effect.map((all) => all.find(({ name }) => name === events.name)?.messages ?? 0))),
      ),
    stop: () => runtime.dispose(),
  }
}

const plannerMigrations = () => readMigrations("planner", new URL("../../planner/src/migrations/", import.meta.url))
