import { Bus } from "@ci-fix-pilot/actor/Bus"
import { Service } from "@ci-fix-pilot/contract/ids"
import { healthSubject } from "@ci-fix-pilot/contract/subjects"
import { Health, type ServiceState, type Setting, System } from "@ci-fix-pilot/contract/system-view"
import type { SqlError } from "@ci-fix-pilot/sql/Sql"
import { Effect, Option, Schema } from "effect"
import { Elysia } from "elysia"
import { Feed } from "../Feed.ts"
import { Runs } from "../Runs.ts"
import type { Respond } from "../respond.ts"
import { Totals } from "../Totals.ts"
import { version } from "../version.ts"

/** A service that does not answer within this (ms) counts as away. */
const patience = 1_000
/** So does a database that takes longer. */
const longPatience = "3 seconds"

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Health))

type State = typeof ServiceState.Type

const askHealth = (service: Service) =>
  Bus.use((bus) => bus.ask(healthSubject(service), "", patience)).pipe(
    Effect.flatMap((text) => decode(text)),
    Effect.map((health): State => ({ service, answers: true, health })),
    Effect.catch(() => Effect.succeed<State>({ service, answers: false })),
  )

const nothing: ReadonlyArray<Setting> = []
const unknown: typeof Health.Type = { ready: false, notes: [] }

/** Each variable once: two services that read the same one may be processes of their own, and only one of them has it. */
const settingsOf = (services: ReadonlyArray<State>) => {
  const all = services.flatMap((one) => one.health?.configuration ?? nothing)
  const known = new Map<string, Setting>()
  for (const setting of all) if (!known.get(setting.name)?.isSet) known.set(setting.name, setting)
  return [...known.values()].sort((a, b) => a.name.localeCompare(b.name))
}

/** What the database says; null while it is away. */
const unlessAway = <A>(asked: Effect.Effect<A, SqlError>): Effect.Effect<A | null, SqlError> =>
  asked.pipe(
    Effect.timeoutOrElse({ duration: longPatience, orElse: () => Effect.succeed(null) }),
    Effect.catch((error) => (error.retryable ? Effect.succeed(null) : Effect.fail(error))),
  )

const system = Effect.gen(function* () {
  const bus = yield* Bus
  const totals = yield* Totals
  const feed = yield* Feed
  const streams = bus.state.pipe(
    Effect.timeoutOption(patience),
    Effect.map(Option.getOrElse(() => [])),
    Effect.orElseSucceed(() => []),
  )
  const [services, connected, states, backlog, streamClients, database] = yield* Effect.all(
    [
      Effect.forEach(Service.literals, askHealth, { concurrency: "unbounded" }),
      bus.isConnected,
      streams,
      unlessAway(totals.backlog),
      feed.clients,
      unlessAway(totals.database),
    ],
    { concurrency: "unbounded" },
  )
  const bare = services.map(({ health: { configuration: _, ...health } = unknown, ...one }) => (one.answers ? { ...one, health } : one))
  return {
    services: bare,
    bus: { connected, streams: states },
    backlog,
    streamClients,
    version,
    configuration: settingsOf(services),
    database,
  }
}).pipe(Effect.withSpan("api.system"))

const ready = Effect.gen(function* () {
  const database = yield* Runs.use((runs) => runs.head).pipe(
    Effect.timeout("2 seconds"),
    Effect.as(true),
    Effect.catch(() => Effect.succeed(false)),
  )
  const bus = yield* Bus.use((open) => open.isConnected)
  return Response.json({ ready: database, database, bus }, { status: database ? 200 : 503 })
})

/** How the system itself is. */
export const systemRoutes = (respond: Respond<Bus | Totals | Feed | Runs>) =>
  new Elysia()
    .get("/v1/ci-healing/system", () => respond(system), {
      response: { 200: Schema.toStandardSchemaV1(System) },
      detail: { summary: "Services, queues, what waits and what could not be applied", tags: ["system"] },
    })
    .get("/healthz", () => Response.json({ alive: true }), { detail: { summary: "This process lives", tags: ["system"] } })
    .get("/readyz", () => respond(ready), { detail: { summary: "This process can answer", tags: ["system"] } })
