import { Context, Effect, Schema } from "effect"

/** The database refused or did not answer. `retryable`: away, restarting, or a conflict; another try may go well. `code` is the SQLSTATE or the driver's word. */
export class SqlError extends Schema.TaggedError<SqlError>()("SqlError", {
  message: Schema.String,
  code: Schema.String,
  retryable: Schema.Boolean,
}) {}

export type Row = Readonly<Record<string, unknown>>

/**
 * Runs one statement with `$1` parameters: strings, numbers, booleans, null, Date or Uint8Array. Lists and objects travel as one JSON
 * text (`jsonb_to_recordset($1::text::jsonb)`), which both drivers treat alike.
 */
export type Query = (
  text: string,
  parameters?: ReadonlyArray<string | number | boolean | null | Date | Uint8Array>,
) => Effect.Effect<ReadonlyArray<Row>, SqlError>

/** Postgres. Layers: `Sql.postgres` (a server) and `Sql.pglite` (in this process; one session). Both pass `Sql.suite`. */
export class Sql extends Context.Service<
  Sql,
  {
    readonly query: Query
    /** Runs the work in one transaction; any failure or interruption rolls back. No I/O but queries may happen inside. */
    readonly transaction: <A, E, R>(work: (query: Query) => Effect.Effect<A, E, R>) => Effect.Effect<A, E | SqlError, R>
    /** Runs a script of several statements without parameters, in one transaction. */
    readonly script: (text: string) => Effect.Effect<void, SqlError>
  }
>()("ci-fix-pilot/Sql") {}

/** Rows as a schema says. A row that does not fit is a defect: the schema and the migration are in the same repository. */
export const rowsOf = <A>(schema: Schema.Codec<A, unknown>) => {
  const decode = Schema.decodeUnknownEffect(Schema.Array(schema))
  return (rows: ReadonlyArray<Row>) => Effect.orDie(decode(rows))
}
