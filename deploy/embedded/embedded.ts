import { rmSync } from "node:fs"
import { join } from "node:path"
import { migrations as memoryMigrations } from "@ci-fix-pilot/memory/migrations"
import { migrations as plannerMigrations } from "@ci-fix-pilot/planner/migrations"
import { migrate } from "@ci-fix-pilot/sql/migrate"
import { Sql } from "@ci-fix-pilot/sql/Sql"
import * as PGlite from "@ci-fix-pilot/sql/Sql.pglite"
import * as Postgres from "@ci-fix-pilot/sql/Sql.postgres"
import { ConfigProvider, Effect, Layer } from "effect"
import { holdDataFolder } from "./data-folder.ts"
import { natsChild, natsStoreIn } from "./nats-child.ts"
import { markStart, wasPutBack } from "./put-back.ts"
import { services } from "./services.ts"

/** How the embedded system is set up. `settings` win over the environment. */
export interface EmbeddedOptions {
  readonly folder: string
  readonly natsPort: number
  /** A broker to use instead of a child of this process. */
  readonly natsUrl?: string
  /** A Postgres to use instead of the one in this process. */
  readonly databaseUrl?: string
  readonly settings: Readonly<Record<string, string>>
}

const postgresIn = (folder: string) => join(folder, "postgres")

const database = (options: EmbeddedOptions) =>
  options.databaseUrl === undefined ? PGlite.make(postgresIn(options.folder)) : Postgres.make(options.databaseUrl, 8)

const broker = ({ folder, natsPort, natsUrl }: EmbeddedOptions) =>
  natsUrl === undefined ? natsChild(folder, natsPort) : Effect.succeed(natsUrl)

/**
 * What happens from here on is another story than the one that open pages have seen when the database was put back from a copy: the ledger
 * gets a new name, by which they notice. The broker's store tells of the story that was left, and goes before the broker starts.
 */
const startStory = (options: EmbeddedOptions) =>
  Effect.sync(() => {
    const anew = options.databaseUrl === undefined && wasPutBack(options.folder)
    if (anew && options.natsUrl === undefined) rmSync(natsStoreIn(options.folder), { recursive: true, force: true })
    const name = Effect.gen(function* () {
      if (options.databaseUrl !== undefined) return
      const sql = yield* Sql
      if (anew) {
        yield* sql.query("update ledger set id = gen_random_uuid()")
        yield* Effect.logWarning("the database was put back from a copy: its ledger has a new name, and open pages load themselves anew")
      }
      yield* Effect.sync(() => markStart(options.folder))
    })
    return { name }
  })

/** Starts everything in this process: nats-server as a child, the database, the schema, and all services. Lives as long as its scope. */
export const startEmbedded = (options: EmbeddedOptions) =>
  Effect.gen(function* () {
    yield* holdDataFolder(options.folder)
    const story = yield* startStory(options)
    const [natsUrl, sql] = yield* Effect.all([broker(options), database(options)], { concurrency: "unbounded" })
    const schema = migrate([...plannerMigrations(), ...memoryMigrations()])
    yield* Effect.provideService(Effect.andThen(schema, story.name), Sql, sql)
    const environment = yield* ConfigProvider.ConfigProvider
    const config = ConfigProvider.orElse(ConfigProvider.fromEnvRecord({ ...options.settings, NATS_URL: natsUrl }), environment)
    yield* Layer.build(services(natsUrl).pipe(Layer.provide(Layer.succeed(Sql, sql)), Layer.provide(ConfigProvider.layer(config))))
    return { natsUrl }
  })
