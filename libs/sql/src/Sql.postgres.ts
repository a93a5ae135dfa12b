import { Config, Effect, Exit, Layer, Redacted, Schedule } from "effect"
import postgres from "postgres"
import { type Query, Sql, SqlError } from "./Sql.ts"

const connectionCodes = /^(?:CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|ETIMEDOUT)/u
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

/** A transaction that was begun. Nothing more is said to a connection that was lost: the driver would lose it, or the process. */
const begin = (sql: postgres.Sql) =>
  new Promise<{ readonly query: Query; readonly end: (good: boolean) => Effect.Effect<void, SqlError> }>((resolve, reject) => {
    const lost = Promise.withResolvers<never>()
    lost.promise.catch(() => {})
    let alive = true
    const lose = (error: unknown) => {
      alive = false
      lost.reject(error)
      reject(error)
    }
    // Settled by `end` only: what is rolled back or committed on a dead connection would be said to the next one.
    const ended = Promise.withResolvers<void>()
    const done = sql.begin((tx) => {
      const say = async (text: string, parameters: Parameters<Query>[1] = []) => {
        if (!alive) return await lost.promise
        try {
          return [...(await Promise.race([tx.unsafe(text, [...parameters], { prepare: true }), lost.promise]))]
        } catch (error) {
          if (connectionCodes.test(toError(error).code)) lose(error)
          throw error
        }
      }
      const end = (good: boolean) =>
        Effect.tryPromise({
          try: async () => {
            if (!alive) return await lost.promise
            if (good) ended.resolve()
            else ended.reject(new Error("rolled back"))
            await Promise.race([done, lost.promise])
          },
          catch: toError,
        })
      resolve({ query: (text, parameters) => Effect.tryPromise({ try: () => say(text, parameters), catch: toError }), end })
      return ended.promise
    })
    done.catch(lose)
  })

/** One transaction on one connection; commits only when the work succeeded. */
const transactionOn =
  (sql: postgres.Sql) =>
  <A, E, R>(work: (query: Query) => Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError, R> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const { query, end } = yield* Effect.tryPromise({ try: () => begin(sql), catch: toError })
        const exit = yield* Effect.exit(restore(work(query)))
        if (Exit.isSuccess(exit)) yield* end(true)
        else yield* Effect.ignore(end(false))
        return yield* exit
      }),
    )

/** A pool on a Postgres server. Connects when first used, so that a database that is away delays nothing else. */
export const make = (url: string, poolSize: number) =>
  Effect.gen(function* () {
    const options = { max: poolSize, connect_timeout: 5, idle_timeout: 0, onnotice: () => {}, backoff: () => 0.2 }
    const sql = yield* Effect.acquireRelease(
      Effect.sync(() => postgres(url, options)),
      (open) => Effect.promise(() => open.end({ timeout: 2 })),
    )
    return Sql.of({
      query: queryOn(sql),
      transaction: transactionOn(sql),
      script: (text) => Effect.asVoid(Effect.tryPromise({ try: () => sql.begin((tx) => tx.unsafe(text)), catch: toError })),
    })
  })

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
