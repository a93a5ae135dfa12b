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

/** Uses a connection until what is done on it has ended. */
type OnOne = <A>(use: (sql: postgres.Sql) => Promise<A>) => Promise<A>

/**
 * The first connection that is free, or else the one with the least to do. What a connection's process keeps to itself (plans, pages of
 * the catalogue) is there the next time, and while little is to do the others are not even opened.
 */
const firstFree = (connections: ReadonlyArray<postgres.Sql>): OnOne => {
  const [first, ...others] = connections.map((sql) => ({ sql, uses: 0 }))
  return async (use) => {
    if (first === undefined) throw new Error("a pool has at least one connection")
    const chosen = others.reduce((best, other) => (other.uses < best.uses ? other : best), first)
    chosen.uses += 1
    try {
      return await use(chosen.sql)
    } finally {
      chosen.uses -= 1
    }
  }
}

const queryOn =
  (onOne: OnOne, inTime: InTime): Query =>
  (text, parameters = []) =>
    Effect.tryPromise({
      try: () => onOne(async (sql) => [...(await inTime(sql.unsafe(text, [...parameters], { prepare: true })))]),
      catch: toError,
    })

/** A transaction that was begun. Nothing more is said to a connection that was lost: the driver would lose it, or the process. */
const begin = (onOne: OnOne, inTime: InTime) =>
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
    const inTransaction = (tx: postgres.TransactionSql) => {
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
    }
    const done: Promise<unknown> = onOne((sql) => sql.begin(inTransaction))
    done.catch(lose)
  })

/** One transaction on one connection; commits only when the work succeeded. */
const transactionOn =
  (onOne: OnOne, inTime: InTime) =>
  <A, E, R>(work: (query: Query) => Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError, R> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const { query, end } = yield* Effect.tryPromise({ try: () => inTime(begin(onOne, inTime)), catch: toError })
        const exit = yield* Effect.exit(restore(work(query)))
        if (Exit.isSuccess(exit)) yield* end(true)
        else yield* Effect.ignore(end(false))
        return yield* exit
      }),
    )

interface Pool {
  readonly onOne: OnOne
  /** Ends all its connections; what is under way has so much time (s). */
  readonly end: (timeout: number) => Promise<void>
  readonly query: Query
  readonly transaction: ReturnType<typeof transactionOn>
}

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
    const options = { max: 1, connect_timeout: 5, idle_timeout: 0, onnotice: () => {}, backoff: () => 0.2, connection }
    const open = (): Pool => {
      const connections = Array.from({ length: Math.max(1, poolSize) }, () => postgres(url, options))
      const onOne = firstFree(connections)
      const inTime: InTime = async (answer) => {
        const silence = Promise.withResolvers<never>()
        const timer = setTimeout(() => {
          leave(own)
          silence.reject(Object.assign(new Error("the database does not answer"), { code: "CONNECTION_SILENT" }))
        }, silentMs)
        try {
          return await Promise.race([answer, silence.promise])
        } finally {
          clearTimeout(timer)
        }
      }
      const own: Pool = {
        onOne,
        end: async (timeout) => void (await Promise.all(connections.map((sql) => sql.end({ timeout })))),
        query: queryOn(onOne, inTime),
        transaction: transactionOn(onOne, inTime),
      }
      return own
    }
    const leave = (left: Pool) => {
      if (pool !== left) return
      pool = open()
      void left.end(leaveS)
    }
    let pool = open()
    yield* Effect.addFinalizer(() => Effect.promise(() => pool.end(2)))
    const unlimited = (text: string) => pool.onOne((sql) => sql.begin((tx) => tx.unsafe(`set local statement_timeout = 0;\n${text}`)))
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
