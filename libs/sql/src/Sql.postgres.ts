import { Config, Effect, Exit, Layer, Redacted } from "effect"
import postgres from "postgres"
import { type Lent, lendInTurn } from "./lend-in-turn.ts"
import { type Query, Sql, SqlError } from "./Sql.ts"

const connectionCodes = /^(?:CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|ETIMEDOUT)/u
const retryableCodes = /^(?:CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|57P0|57014|08|53|40001|40P01|55P03)/u

const toError = (cause: unknown): SqlError => {
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "unknown"
  const message = cause instanceof Error ? cause.message : String(cause)
  return new SqlError({ message, code, retryable: retryableCodes.test(code) })
}

/** Waits for an answer of the server; without one in time the connection counts as lost. */
type InTime = <A>(answer: PromiseLike<A>) => Promise<A>

interface Connection {
  readonly sql: postgres.Sql
  readonly inTime: InTime
}

/** Has a connection to itself until what is done on it has ended. */
type OnOne = Lent<Connection>["use"]

const queryOn =
  (onOne: OnOne): Query =>
  (text, parameters = []) =>
    Effect.tryPromise({
      try: () => onOne(async ({ sql, inTime }) => [...(await inTime(sql.unsafe(text, [...parameters], { prepare: true })))]),
      catch: toError,
    })

/** A transaction that was begun. Nothing more is said to a connection that was lost: the driver would lose it, or the process. */
const begin = (onOne: OnOne) =>
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
    const inTransaction = (tx: postgres.TransactionSql, inTime: InTime) => {
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
    const done: Promise<unknown> = onOne(({ sql, inTime }) => {
      const begun = Promise.withResolvers<void>()
      const over = sql.begin((tx) => {
        begun.resolve()
        return inTransaction(tx, inTime)
      })
      inTime(Promise.race([begun.promise, over])).catch(lose)
      return over
    })
    done.catch(lose)
  })

/** One transaction on one connection; commits only when the work succeeded. */
const transactionOn =
  (onOne: OnOne) =>
  <A, E, R>(work: (query: Query) => Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError, R> =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        const { query, end } = yield* Effect.tryPromise({ try: () => begin(onOne), catch: toError })
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
 * connection without a word for a quarter of an hour: when an answer stays out, all connections are left, and new ones are made. To wait
 * for a connection is not to wait for an answer: a database that is slow is not silent.
 */
export const make = (url: string, poolSize: number, { statementMs, silentMs } = limits) =>
  Effect.gen(function* () {
    const connection = { statement_timeout: statementMs }
    const options = { max: 1, connect_timeout: 5, idle_timeout: 0, onnotice: () => {}, backoff: () => 0.2, connection }
    const open = (): ReadonlyArray<Connection> => {
      const inTime: InTime = async (answer) => {
        const silence = Promise.withResolvers<never>()
        const timer = setTimeout(() => {
          const error = Object.assign(new Error("the database does not answer"), { code: "CONNECTION_SILENT" })
          leave(own, error)
          silence.reject(error)
        }, silentMs)
        try {
          return await Promise.race([answer, silence.promise])
        } finally {
          clearTimeout(timer)
        }
      }
      const own = Array.from({ length: Math.max(1, poolSize) }, () => ({ sql: postgres(url, options), inTime }))
      return own
    }
    const end = (connections: ReadonlyArray<Connection>, timeout: number) => Promise.all(connections.map(({ sql }) => sql.end({ timeout })))
    let pool = open()
    const lent = lendInTurn(pool)
    // While the server is silent, callers that wait for a connection are told so, too: each would wait so long again.
    const leave = (left: ReadonlyArray<Connection>, error: Error) => {
      if (pool !== left) return
      lent.refuse(error)
      pool = open()
      lent.replace(pool)
      void end(left, leaveS)
    }
    yield* Effect.addFinalizer(() => Effect.promise(() => end(pool, 2)))
    const onOne: OnOne = (work) =>
      lent.use(work).catch((error: unknown) => {
        if (toError(error).code === "CONNECT_TIMEOUT") lent.refuse(error)
        throw error
      })
    const unlimited = (text: string) => onOne(({ sql }) => sql.begin((tx) => tx.unsafe(`set local statement_timeout = 0;\n${text}`)))
    return Sql.of({
      query: queryOn(onOne),
      transaction: transactionOn(onOne),
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
