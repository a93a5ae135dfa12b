import { rowsOf } from "@ci-fix-pilot/sql/Sql"
import { Schema } from "effect"

export const waitingRows = rowsOf(Schema.Struct({ position: Schema.Finite, inbox: Schema.Int, oldestInboxMs: Schema.Finite }))
export const commandRows = rowsOf(Schema.Struct({ type: Schema.String, count: Schema.Int, oldestMs: Schema.Finite }))

export const waiting = `select (select coalesce(max(position), 0) from run_event)::float8 as position, count(*)::int as inbox,
  coalesce(extract(epoch from now() - min(received_at)) * 1000, 0)::float8 as "oldestInboxMs" from inbox where applied_at is null`

/** One that is not due yet waits for nothing. */
export const commands = `select type, count(*)::int as count, greatest(extract(epoch from now() - min(not_before)) * 1000, 0)::float8 as "oldestMs"
  from command where closed_at is null group by type order by type`

export const databaseRows = rowsOf(
  Schema.Struct({ version: Schema.String, sizeBytes: Schema.Finite, connections: Schema.Int, maxConnections: Schema.Int }),
)
/** Anybody may see how many connections there are; whose they are is not asked. */
export const database = `select current_setting('server_version') as version, pg_database_size(current_database())::float8 as "sizeBytes",
  (select coalesce(sum(numbackends), 0) from pg_stat_database)::int as connections, current_setting('max_connections')::int as "maxConnections"`
