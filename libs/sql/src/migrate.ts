import { Effect, Layer, Schedule, Schema } from "effect"
import { Sql } from "./Sql.ts"

/** One step of a service's schema: applied once, in the order of its name, and never changed afterwards. */
export interface Migration {
  readonly service: string
  readonly name: string
  readonly script: string
}

/** A migration that was applied has another text now: history was changed instead of added to. */
export class MigrationChanged extends Schema.TaggedError<MigrationChanged>()("MigrationChanged", {
  service: Schema.String,
  name: Schema.String,
}) {}

const digest = (text: string) => new Bun.CryptoHasher("sha256").update(text).digest("hex")
const quote = (text: string) => `'${text.replaceAll("'", "''")}'`

/** Whoever comes after a migration that waits for a table waits, too: it gives way, and is tried again. Its turn it may wait for. */
const waitBriefly = "set local lock_timeout = '5s'"

/** Applies what is missing, each with its record in one transaction. Safe to run from several processes: an advisory lock takes turns. */
export const migrate = (migrations: ReadonlyArray<Migration>) =>
  Effect.gen(function* () {
    const sql = yield* Sql
    yield* sql.script(
      "select pg_advisory_xact_lock(7263001); create table if not exists migration (service text, name text, sha256 text not null, at timestamptz not null default now(), primary key (service, name));",
    )
    for (const { service, name, script } of migrations) {
      const sha256 = digest(script)
      const record = `insert into migration (service, name, sha256) values (${quote(service)}, ${quote(name)}, ${quote(sha256)})`
      const recorded = Effect.map(
        sql.query("select sha256 from migration where service = $1 and name = $2", [service, name]),
        ([row]) => row?.["sha256"],
      )
      const apply = sql.script(`select pg_advisory_xact_lock(7263001);\n${waitBriefly};\n${script}\n;${record};`).pipe(
        Effect.andThen(Effect.logInfo("migrated", { service, name })),
        Effect.as<unknown>(sha256),
        // Another process may have been first.
        Effect.catch((error) => Effect.flatMap(recorded, (found) => (found === undefined ? Effect.fail(error) : Effect.succeed(found)))),
      )
      if (((yield* recorded) ?? (yield* apply)) !== sha256) return yield* new MigrationChanged({ service, name })
    }
  })

/** Brings the schema up to date before anything that needs it starts; waits for a database that is starting. */
export const layer = (migrations: () => ReadonlyArray<Migration>) =>
  Layer.effectDiscard(
    Effect.suspend(() => migrate(migrations())).pipe(
      Effect.retry({ times: 60, schedule: Schedule.spaced("1 second"), while: (error) => error._tag === "SqlError" && error.retryable }),
    ),
  )
