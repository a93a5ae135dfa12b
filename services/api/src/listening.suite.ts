/** The API as it runs, on a real database and a real broker, with a ledger that the tests write as the planner would. */
import { Bus } from "@ci-fix-pilot/actor/Bus"
import * as NatsBus from "@ci-fix-pilot/actor/Bus.nats"
import { Nats } from "@ci-fix-pilot/actor/nats-connection"
import { Objects } from "@ci-fix-pilot/actor/Objects"
import * as MemoryObjects from "@ci-fix-pilot/actor/Objects.memory"
import { encodeMessage, type RunMessage } from "@ci-fix-pilot/contract/envelope"
import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import { duplicateWindowMs, plannerDurable, streams } from "@ci-fix-pilot/contract/streams"
import { runSubject } from "@ci-fix-pilot/contract/subjects"
import type { ObjectRef } from "@ci-fix-pilot/contract/values"
import { evolve, type Run, statusOf } from "@ci-fix-pilot/lifecycle/run"
import { migrate } from "@ci-fix-pilot/sql/migrate"
import { readMigrations } from "@ci-fix-pilot/sql/read-migrations"
import { type Row, Sql } from "@ci-fix-pilot/sql/Sql"
import * as Postgres from "@ci-fix-pilot/sql/Sql.postgres"
import { ConfigProvider, Effect, Layer, Logger, ManagedRuntime } from "effect"
import { Assets } from "./Assets.ts"
import { withAssets } from "./main.ts"
import { Server } from "./Server.ts"

const traceparent = "00-00000000000000000000000000000001-0000000000000001-01"
const planner = { durable: plannerDurable, subject: "evt.>", ackWaitMs: 30_000, maxAckPending: 1_000 }
const needed = [
  { ...streams.events, duplicateWindowMs, durables: [planner] },
  { ...streams.runs, duplicateWindowMs, durables: [] },
]

const lock = "update ledger set position = position + $1::int returning position::float8 as position"
const appendEvent = `insert into run_event (run_id, seq, position, type, caused_by, traceparent, data) values ($1, $2::int, $3::bigint, $4, 'test', $5, $6::text::jsonb) returning at`
const upsertRun = `insert into run (run_id, repository, branch, commit_sha, title, status, phase, attempt, max_attempts, strategy, pull_request_url, cost_usd, state, seq, stopped_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8::int, 3, $9, $10, $11::float8, $13::text::jsonb, $12::int, case when $6 in ('queued', 'running') then null else now() end)
  on conflict (run_id) do update set status = excluded.status, phase = excluded.phase, attempt = excluded.attempt, strategy = excluded.strategy, state = excluded.state,
    pull_request_url = excluded.pull_request_url, cost_usd = excluded.cost_usd, seq = excluded.seq, stopped_at = excluded.stopped_at, updated_at = now()`

export interface Listening {
  readonly url: string
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Response>
  readonly post: (path: string, body?: unknown, headers?: Record<string, string>) => Promise<Response>
  readonly rows: (text: string) => Promise<ReadonlyArray<Row>>
  /** Commits entries of a run and says them on the bus, as the planner does; `silent`: the broker loses them. */
  readonly record: (runId: string, events: ReadonlyArray<RunEvent>, silent?: "silent") => Promise<ReadonlyArray<RunMessage>>
  readonly keep: (key: string, text: string) => Promise<ObjectRef>
  readonly stop: () => Promise<void>
}

/** Starts the API on a free port, with the built dashboard of a folder if it is told one. The caller stops it. */
export const startListening = async (
  databaseUrl: string,
  natsUrl: string,
  env: Record<string, string> = {},
  dashboard = "/nowhere",
): Promise<Listening> => {
  const config = ConfigProvider.layer(ConfigProvider.fromEnvRecord({ PORT: "0", ...env }))
  const world = Layer.mergeAll(
    NatsBus.layer.pipe(Layer.provide(Nats.to({ servers: natsUrl, name: "api" }))),
    MemoryObjects.layer,
    Layer.effect(Sql, Postgres.make(databaseUrl, 4)),
  )
  const setUp = Effect.andThen(
    migrate(readMigrations("planner", new URL("../../planner/src/migrations/", import.meta.url))),
    Bus.use((bus) => bus.ensure(needed)),
  )
  const runtime = ManagedRuntime.make(
    withAssets(Assets.from(dashboard)).pipe(
      Layer.provide(Layer.effectDiscard(setUp)),
      Layer.provideMerge(world),
      Layer.provide([config, Logger.layer([])]),
    ),
  )
  const { url } = await runtime.runPromise(Server.use(Effect.succeed))
  const ledgers = new Map<string, { seq: number; run: Run | undefined }>()

  const commit = (runId: string, events: ReadonlyArray<RunEvent>) =>
    Sql.use((sql) =>
      sql.transaction((query) =>
        Effect.gen(function* () {
          const before = ledgers.get(runId) ?? { seq: 0, run: undefined }
          const run = events.reduce<Run | undefined>(evolve, before.run)
          if (run === undefined) throw new Error("no events")
          const seq = before.seq + events.length
          const { target, title, phase, attempts, costUsd } = run
          const shown = [target.repository, target.branch, target.commitSha, title, statusOf(phase), phase, attempts.length]
          yield* query(upsertRun, [
            runId,
            ...shown,
            attempts.at(-1)?.strategy ?? null,
            run.pullRequest?.url ?? null,
            costUsd,
            seq,
            JSON.stringify(run),
          ])
          const last = Number((yield* query(lock, [events.length]))[0]?.["position"])
          ledgers.set(runId, { seq, run })
          return yield* Effect.forEach(events, (event, index) =>
            Effect.gen(function* () {
              const place = { seq: before.seq + index + 1, position: last - events.length + index + 1 }
              const [row] = yield* query(appendEvent, [
                runId,
                place.seq,
                place.position,
                event.type,
                traceparent,
                JSON.stringify(event.data),
              ])
              const at = row?.["at"] instanceof Date ? row["at"].toISOString() : ""
              const message: RunMessage = { id: `${runId}.${place.seq}`, at, runId, causedBy: "test", traceparent, ...place, ...event }
              return message
            }),
          )
        }),
      ),
    )
  const say = (messages: ReadonlyArray<RunMessage>) =>
    Effect.forEach(messages, (message) =>
      Bus.use((bus) => bus.publish(runSubject(message.runId, message.type), encodeMessage(message), message.id)),
    )
  return {
    url,
    get: (path, headers = {}) => fetch(`${url}${path}`, { headers }),
    post: (path, body, headers = {}) =>
      fetch(`${url}${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      }),
    rows: (text) => runtime.runPromise(Sql.use((sql) => sql.query(text))),
    record: async (runId, events, silent) => {
      const messages = await runtime.runPromise(commit(runId, events))
      if (silent === undefined) await runtime.runPromise(say(messages))
      return messages
    },
    keep: async (key, text) => {
      const ref = await runtime.runPromise(Objects.use((objects) => objects.put(key, new TextEncoder().encode(text))))
      if (ref === undefined) throw new Error("the object was not taken")
      return ref
    },
    stop: () => runtime.dispose(),
  }
}
