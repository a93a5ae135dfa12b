import { Status } from "@ci-fix-pilot/contract/run-view"
import { rowsOf, Sql } from "@ci-fix-pilot/sql/Sql"
import { Effect, Layer, Schema } from "effect"
import { Totals } from "./Totals.ts"

const groupRows = rowsOf(
  Schema.Struct({ repository: Schema.String, status: Status, count: Schema.Int, costUsd: Schema.Finite, last: Schema.Date }),
)
const fixRows = rowsOf(
  Schema.Struct({
    attempts: Schema.Int,
    pullRequests: Schema.Int,
    p50: Schema.NullOr(Schema.Finite),
    p95: Schema.NullOr(Schema.Finite),
  }),
)
const strategyRows = rowsOf(Schema.Struct({ strategy: Schema.String, count: Schema.Int }))
const backlogRows = rowsOf(
  Schema.Struct({ position: Schema.Finite, inbox: Schema.Int, oldestInboxMs: Schema.Finite, deadLetters: Schema.Int }),
)
const commandRows = rowsOf(Schema.Struct({ type: Schema.String, count: Schema.Int }))
const letterRows = rowsOf(
  Schema.Struct({ messageId: Schema.String, runId: Schema.NullOr(Schema.String), why: Schema.String, at: Schema.Date }),
)

const recent = "created_at > now() - $1::int * interval '1 day'"
const groups = `select repository, status, count(*)::int as count, coalesce(sum(cost_usd), 0)::float8 as "costUsd", max(created_at) as last
  from run where ${recent} group by repository, status`
const fixes = `select coalesce(sum(attempt), 0)::int as attempts, count(pull_request_url)::int as "pullRequests",
  percentile_cont(0.5) within group (order by extract(epoch from stopped_at - created_at)) filter (where status in ('fixed', 'resolved'))::float8 as p50,
  percentile_cont(0.95) within group (order by extract(epoch from stopped_at - created_at)) filter (where status in ('fixed', 'resolved'))::float8 as p95
  from run where ${recent}`
const strategies = `select strategy, count(*)::int as count from run where ${recent} and strategy is not null and status in ('fixed', 'resolved') group by strategy`

type Group = Effect.Success<ReturnType<typeof groupRows>>[number]

const none = { queued: 0, running: 0, fixed: 0, escalated: 0, aborted: 0, resolved: 0, skipped: 0, flaky: 0 }

/** Adds up groups. A fix rate says how often healing worked where it had something to heal. */
const countsOf = (rows: ReadonlyArray<Group>) => {
  const byStatus = { ...none }
  for (const { status, count } of rows) byStatus[status] += count
  const good = byStatus.fixed + byStatus.resolved
  const judged = good + byStatus.escalated
  return {
    total: rows.reduce((sum, { count }) => sum + count, 0),
    open: byStatus.queued + byStatus.running,
    byStatus,
    fixRate: judged === 0 ? null : good / judged,
    costUsd: rows.reduce((sum, { costUsd }) => sum + costUsd, 0),
  }
}

export const layer = Layer.effect(
  Totals,
  Effect.gen(function* () {
    const { query } = yield* Sql
    const groupsOf = (days: number) => Effect.flatMap(query(groups, [days]), groupRows)
    return Totals.of({
      summary: Effect.fn("Totals.summary")(function* (days: number) {
        const [rows, [fix], byStrategy] = yield* Effect.all([
          groupsOf(days),
          Effect.flatMap(query(fixes, [days]), fixRows),
          Effect.flatMap(query(strategies, [days]), strategyRows),
        ])
        return {
          days,
          ...countsOf(rows),
          pullRequests: fix?.pullRequests ?? 0,
          attempts: fix?.attempts ?? 0,
          secondsToFix: { p50: fix?.p50 ?? null, p95: fix?.p95 ?? null },
          byStrategy: Object.fromEntries(byStrategy.map(({ strategy, count }) => [strategy, count])),
        }
      }),
      repositories: Effect.fn("Totals.repositories")(function* (days: number) {
        const byRepository = Map.groupBy(yield* groupsOf(days), ({ repository }) => repository.toLowerCase())
        return [...byRepository.values()]
          .map((rows) => ({
            repository: rows[0]?.repository ?? "",
            ...countsOf(rows),
            lastRunAt: new Date(Math.max(...rows.map(({ last }) => last.getTime()))).toISOString(),
          }))
          .sort((a, b) => b.total - a.total || a.repository.localeCompare(b.repository))
      }),
      backlog: Effect.gen(function* () {
        const [[row], commands, letters] = yield* Effect.all([
          query(`select (select coalesce(max(position), 0) from run_event)::float8 as position, count(*)::int as inbox,
            coalesce(extract(epoch from now() - min(received_at)) * 1000, 0)::float8 as "oldestInboxMs",
            (select count(*) from dead_letter)::int as "deadLetters" from inbox where applied_at is null`).pipe(
            Effect.flatMap(backlogRows),
          ),
          query("select type, count(*)::int as count from command where closed_at is null group by type order by type").pipe(
            Effect.flatMap(commandRows),
          ),
          query(`select message_id as "messageId", run_id as "runId", why, at from dead_letter order by at desc limit 20`).pipe(
            Effect.flatMap(letterRows),
          ),
        ])
        return {
          position: row?.position ?? 0,
          inbox: row?.inbox ?? 0,
          oldestInboxMs: Math.round(row?.oldestInboxMs ?? 0),
          commands: Object.fromEntries(commands.map(({ type, count }) => [type, count])),
          deadLetters: row?.deadLetters ?? 0,
          newestDeadLetters: letters.map((letter) => ({ ...letter, why: letter.why.slice(0, 500), at: letter.at.toISOString() })),
        }
      }).pipe(Effect.withSpan("Totals.backlog")),
    })
  }),
)
