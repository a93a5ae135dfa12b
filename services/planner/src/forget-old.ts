/**
 * Forgets what ended long ago: whole runs with everything that belongs to them, and what never belonged to a run. In small steps, each in a
 * transaction of its own, so that nothing waits for it. Texts in the object store live for a week by themselves.
 */
import { rowsOf, Sql } from "@ci-fix-pilot/sql/Sql"
import { Config, Effect, Layer, Schedule, Schema } from "effect"

/** Message ids, approvals and stored logs live for a week: a run that is remembered for two has outlived them all. */
const leastDays = 14
const Days = Schema.Int.check(
  Schema.makeFilter((days) => days === 0 || days >= leastDays || `must be 0 (keep everything) or at least ${leastDays}`),
)

/** `CI_HEALING_RETENTION_DAYS`. */
export const retentionDays = Config.schema(Schema.NumberFromString.pipe(Schema.decodeTo(Days)), "CI_HEALING_RETENTION_DAYS").pipe(
  Config.withDefault(90),
)

const atOnce = 50
const rowsAtOnce = 500
const forgotten = rowsOf(Schema.Struct({ runs: Schema.Int }))

const withoutRun = "not exists (select 1 from run r where r.run_id = o.run_id)"
const strayRows = [
  `delete from inbox where (source, key) in (
     select source, key from inbox o where received_at < now() - $1::int * interval '1 day' and applied_at is not null and ${withoutRun} limit ${rowsAtOnce})`,
  `delete from dead_letter where message_id in (
     select message_id from dead_letter o where at < now() - $1::int * interval '1 day' and ${withoutRun} limit ${rowsAtOnce})`,
]

/** Forgets all that ended, or arrived for no run, more than `days` ago. */
export const forgetOld = (days: number) =>
  Effect.gen(function* () {
    const sql = yield* Sql
    const step = Effect.flatMap(
      sql.query(`select forget_ended_runs($1::int * interval '1 day', ${atOnce}) as runs`, [days]),
      Effect.fnUntraced(function* (rows) {
        const [row] = yield* forgotten(rows)
        return row?.runs ?? 0
      }),
    )
    yield* Effect.repeat(step, { while: (runs) => runs === atOnce })
    yield* Effect.forEach(strayRows, (text) => sql.query(text, [days]), { discard: true })
  })

/** Looks every minute, unless everything is kept. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    const days = yield* retentionDays
    if (days === 0) return
    const guarded = Effect.catchCause(forgetOld(days), (cause) =>
      Effect.logWarning("what ended long ago could not be forgotten; the next look tries again", cause),
    )
    yield* Effect.forkScoped(Effect.repeat(guarded, Schedule.spaced("1 minute")))
  }),
)
