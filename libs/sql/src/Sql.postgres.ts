import { Config, Effect, Exit, Layer, Redacted, Schedule } from "effect"
import postgres from "postgres"
import { type Query, Sql, SqlError } from "./Sql.ts"

const retryableCodes = /^(?:CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|57P0|08|53|40001|40P01|55P03)/u

const toError = (cause: unknown): SqlError => {
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "unknown"
  const message = cause instanceof Error ? cause.message : String(cause)
  return new SqlError({ message, code, retryable: retryableCodes.test(code) })
}

type Unsafe = Pick<postgres.Sql, "unsafe">

const queryOn =
  (sql: Unsafe): Query =>
  (text, parameters = []) =>
    Effect.tryPromise({ try: async () => [...(await sql.unsafe(text, [...parameters], { prepare: true }))], catch: toError })

/** One transaction on one reserved connection; commits only when the work succeeded. */
const transactionOn = (sql: postgres.Sql) =>
  Effect.fnUntraced(function* <A, E, R>(work: (query: Query) => Effect.Effect<A, E, R>) {
    return yield* Effect.acquireUseRelease(
      Effect.tryPromise({ try: () => sql.reserve(), catch: toError }),
      (connection) => {
        const query = queryOn(connection)
        return Effect.uninterruptibleMask((restore) =>
          Effect.gen(function* () {
            yield* query("begin")
            const exit = yield* Effect.exit(restore(work(query)))
            if (Exit.isSuccess(exit)) yield* query("commit")
            else yield* Effect.ignore(query("rollback"))
            return yield* exit
          }),
        )
      },
      (connection) => Effect.sync(() => connection.release()),
    )
  })

/** A pool on a Postgres server. Connects when first used, so that a database that is away delays nothing else. */
export const make = (url: string, poolSize: number) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => postgres(url, { max: poolSize, connect_timeout: 5, idle_timeout: 0, onnotice: () => {}, backoff: () => 0.2 })),
      (sql) => Effect.promise(() => sql.end({ timeout: 2 })),
    ),
    (sql) =>
      Sql.of({
        query: queryOn(sql),
        transaction: transactionOn(sql),
        script: (text) => Effect.asVoid(Effect.tryPromise({ try: () => sql.begin((tx) => tx.unsafe(text)), catch: toError })),
      }),
  )

/** Reads `DATABASE_URL` and `CI_HEALING_DATABASE_POOL`. */
export const layer = Layer.effect(
  Sql,
  Effect.gen(function* () {
    const url = yield* Config.Redacted("DATABASE_URL")
    const poolSize = yield* Config.Int("CI_HEALING_DATABASE_POOL").pipe(Config.withDefault(4))
    return yield* make(Redacted.value(url), poolSize)
  }),
)

/** Waits for a database that is starting: each second, up to a minute. */
export const awaitReady = Sql.use((sql) => sql.query("select 1")).pipe(
  Effect.retry({ times: 60, schedule: Schedule.spaced("1 second"), while: (error) => error.retryable }),
)
