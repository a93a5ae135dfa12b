import { PGlite } from "@electric-sql/pglite"
import { vector } from "@electric-sql/pglite-pgvector"
import { Effect, Exit, Layer, Semaphore } from "effect"
import { type Query, Sql, SqlError } from "./Sql.ts"

/** https://www.postgresql.org/docs/current/errcodes-appendix.html, class 40 */
const conflicts = /^40/u

const toError = (cause: unknown): SqlError => {
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "unknown"
  return new SqlError({ message: cause instanceof Error ? cause.message : String(cause), code, retryable: conflicts.test(code) })
}

/** Postgres in this process, its data in a folder (or in memory without one). One session: statements and transactions take turns. */
export const make = (folder: string | undefined) =>
  Effect.gen(function* () {
    const db = yield* Effect.acquireRelease(
      Effect.tryPromise({
        try: () => PGlite.create({ ...(folder === undefined ? {} : { dataDir: folder }), extensions: { vector } }),
        catch: toError,
      }),
      (open) => Effect.promise(() => open.close()),
    )
    const session = yield* Semaphore.make(1)
    const run: Query = (text, parameters = []) =>
      Effect.tryPromise({ try: async () => (await db.query<Record<string, unknown>>(text, [...parameters])).rows, catch: toError })
    const query: Query = (text, parameters) => session.withPermits(1)(Effect.uninterruptible(run(text, parameters)))
    const transaction = <A, E, R>(work: (query: Query) => Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError, R> =>
      session.withPermits(1)(
        Effect.uninterruptibleMask((restore) =>
          Effect.gen(function* () {
            yield* run("begin")
            const exit = yield* Effect.exit(restore(work(run)))
            if (Exit.isSuccess(exit)) yield* run("commit")
            else yield* Effect.ignore(run("rollback"))
            return yield* exit
          }),
        ),
      )
    const script = (text: string) =>
      session.withPermits(1)(
        Effect.asVoid(
          Effect.tryPromise({ try: () => db.exec(`begin;\n${text}\n;commit;`), catch: toError }).pipe(
            Effect.tapError(() => Effect.ignore(run("rollback"))),
          ),
        ),
      )
    return Sql.of({ query, transaction, script })
  })

/** Keeps its data in `folder`. Survives kill -9, not power loss: PGlite does not fsync. */
export const layer = (folder: string) => Layer.effect(Sql, make(folder))
