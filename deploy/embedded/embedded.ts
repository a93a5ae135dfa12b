import { join } from "node:path"
import { migrations as memoryMigrations } from "@ci-fix-pilot/memory/migrations"
import { migrations as plannerMigrations } from "@ci-fix-pilot/planner/migrations"
import { migrate } from "@ci-fix-pilot/sql/migrate"
import { Sql } from "@ci-fix-pilot/sql/Sql"
import * as PGlite from "@ci-fix-pilot/sql/Sql.pglite"
import * as Postgres from "@ci-fix-pilot/sql/Sql.postgres"
import { ConfigProvider, Effect, Layer } from "effect"
import { holdDataFolder } from "./data-folder.ts"
import { natsChild } from "./nats-child.ts"
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

const database = (options: EmbeddedOptions) =>
  options.databaseUrl === undefined ? PGlite.make(join(options.folder, "postgres")) : Postgres.make(options.databaseUrl, 8)

/** Starts everything in this process: nats-server as a child, the database, the schema, and all services. Lives as long as its scope. */
export const startEmbedded = (options: EmbeddedOptions) =>
  Effect.gen(function* () {
    yield* holdDataFolder(options.folder)
    const [natsUrl, sql] = yield* Effect.all(
      [options.natsUrl === undefined ? natsChild(options.folder, options.natsPort) : Effect.succeed(options.natsUrl), database(options)],
      { concurrency: "unbounded" },
    )
    yield* Effect.provideService(migrate([...plannerMigrations(), ...memoryMigrations()]), Sql, sql)
    const environment = yield* ConfigProvider.ConfigProvider
    const config = ConfigProvider.orElse(ConfigProvider.fromEnvRecord({ ...options.settings, NATS_URL: natsUrl }), environment)
    yield* Layer.build(services(natsUrl).pipe(Layer.provide(Layer.succeed(Sql, sql)), Layer.provide(ConfigProvider.layer(config))))
    return { natsUrl }
  })
