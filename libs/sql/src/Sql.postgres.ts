import { Config, Effect, Exit, Layer, Redacted, Schedule } from "effect"
import postgres from "postgres"
import { type Query, Sql, SqlError } from "./Sql.ts"

const connectionCodes = /^(?:CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|ETIMEDOUT)/u
const retryableCodes = /^(?:CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|57P0|57014|08|53|40001|40P01|55P03)/u

const toError = (cause: unknown): SqlError => {
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "unknown"
  const message = cause instanceof Error ? cause.message : String(cause)
  return new SqlError({ message, code, retryable: retryableCodes.test(code) })
}

/** Waits for an answer of the server; whoever gets none in time has lost the connection. */
type InTime = <A>(answer: PromiseLike<A>) => Promise<A>

const queryOn =
  (sql: postgres.Sql, inTime: InTime): Query =>
  (text, parameters = []) =>
    Effect.tryPromise({ try: async () => [...(await inTime(sql.unsafe(text, [...parameters], { prepare: true })))], catch: toError })

/** A transaction that was begun. Nothing more is said to a connection that was lost: the driver would lose it, or the process. */
const begin = (sql: postgres.Sql, inTime: InTime) =>
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
          return [...(await inTime(Promise.race([tx.unsafe(text, [...parameters], { prepare: true }), lost.promise])))]
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
            await inTime(Promise.race([done, lost.promise]))
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
  (sql: postgres.Sql, inTime: InTime) =>
  <A, E, R>(work: (query: Query) => Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError, R> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const { query, end } = yield* Effect.tryPromise({ try: () => inTime(begin(sql, inTime)), catch: toError })
        const exit = yield* Effect.exit(restore(work(query)))
        if (Exit.isSuccess(exit)) yield* end(true)
        else yield* Effect.ignore(end(false))
        return yield* exit
      }),
    )

/** How long a statement may take (ms). The server ends it and says so; a server that says nothing has got lost. Migrations may take longer. */
const limits = { statementMs: 10_000, silentMs: 12_000 }
/** What is under way on other connections of a pool that is left may still end within this time (s). */
const leaveS = 5

/**
 * A pool on a Postgres server. Connects when first used, so that a database that is away delays nothing else. A network may lose a
 * connection and tell nobody for a quarter of an hour: when an answer stays out, all connections are left, and new ones are made.
 */
export const make = (url: string, poolSize: number, { statementMs, silentMs } = limits) =>
  Effect.gen(function* () {
    const connection = { statement_timeout: statementMs }
    const options = { max: poolSize, connect_timeout: 5, idle_timeout: 0, onnotice: () => {}, backoff: () => 0.2, connection }
    const open = () => {
      const sql = postgres(url, options)
      const inTime: InTime = async (answer) => {
        const silence = Promise.withResolvers<never>()
        const timer = setTimeout(() => {
          leave(sql)
          silence.reject(Object.assign(new Error("the database does not answer"), { code: "CONNECTION_SILENT" }))
        }, silentMs)
        try {
          return await Promise.race([answer, silence.promise])
        } finally {
          clearTimeout(timer)
        }
      }
      return { sql, query: queryOn(sql, inTime), transaction: transactionOn(sql, inTime) }
    }
    const leave = (sql: postgres.Sql) => {
      if (pool.sql !== sql) return
      pool = open()
      void sql.end({ timeout: leaveS })
    }
    let pool = open()
    yield* Effect.addFinalizer(() => Effect.promise(() => pool.sql.end({ timeout: 2 })))
    const unlimited = (text: string) => pool.sql.begin((tx) => tx.unsafe(`set local statement_timeout = 0;\n${text}`))
    return Sql.of({
      query: (text, parameters) => Effect.suspend(() => pool.query(text, parameters)),
      transaction: (work) => Effect.suspend(() => pool.transaction(work)),
      script: (text) => Effect.asVoid(Effect.tryPromise({ try: () => unlimited(text), catch: toError })),
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
