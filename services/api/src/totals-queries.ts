import { Status } from "@ci-fix-pilot/contract/run-view"
import { Strategy } from "@ci-fix-pilot/contract/values"
import { rowsOf } from "@ci-fix-pilot/sql/Sql"
import { Schema } from "effect"

const Seconds = Schema.NullOr(Schema.Finite)

export const groupRows = rowsOf(
  Schema.Struct({
    repository: Schema.String,
    status: Status,
    count: Schema.Int,
    attempts: Schema.Int,
    pullRequests: Schema.Int,
    costUsd: Schema.Finite,
    last: Schema.Date,
  }),
)
export const dayRows = rowsOf(Schema.Struct({ day: Schema.String, status: Status, count: Schema.Int, p50: Seconds, p95: Seconds }))
export const healedRows = rowsOf(Schema.Struct({ strategy: Strategy, count: Schema.Int }))
export const strategyRows = rowsOf(Schema.Struct({ strategy: Strategy, attempts: Schema.Int, validated: Schema.Int }))
export const timeRows = rowsOf(Schema.Struct({ repository: Schema.NullOr(Schema.String), p50: Seconds, p95: Seconds }))

/** Today, which goes on, and the whole days (UTC) before it: as many as are asked for, together. */
const since = "(date_trunc('day', now() at time zone 'utc') - ($1::int - 1) * interval '1 day') at time zone 'utc'"
const recent = `created_at >= ${since}`
const healed = `${recent} and status in ('fixed', 'resolved')`

export const groups = `select repository, status, count(*)::int as count, coalesce(sum(attempt), 0)::int as attempts,
  count(pull_request_url)::int as "pullRequests", coalesce(sum(cost_usd), 0)::float8 as "costUsd", max(created_at) as last
  from run where ${recent} group by repository, status`

const quantiles = (seconds: string) => `percentile_cont(0.5) within group (order by ${seconds})::float8 as p50,
  percentile_cont(0.95) within group (order by ${seconds})::float8 as p95`

/** Every day from the first with a run; a day without one has one row of no runs. The times are those of the whole day, on each of its rows. */
export const days = `with one as (
    select (created_at at time zone 'utc')::date as day, status, case when status in ('fixed', 'resolved') then extract(epoch from stopped_at - created_at) end as seconds
    from run where ${recent}),
  counted as (select day, status, count(*)::int as count from one group by day, status),
  timed as (select day, ${quantiles("seconds")} from one group by day)
  select to_char(d.day, 'YYYY-MM-DD') as day, coalesce(c.status, 'queued') as status, coalesce(c.count, 0) as count, t.p50, t.p95
  from generate_series((select min(day) from counted), (now() at time zone 'utc')::date, interval '1 day') as d (day)
  left join counted c on c.day = d.day::date left join timed t on t.day = d.day::date order by d.day`

/** A run without a pull request was fixed by a person: the strategy that it has is that of its last attempt, which did not help. */
export const healedBy = `select strategy, count(*)::int as count from run
  where ${healed} and pull_request_url is not null and strategy is not null group by strategy`

/**
 * Attempts of the runs that all else counts. One passed when the next thing that is known of its run's attempts is a proof. Of each entry only its
 * few words are sorted; none is older than its run, so that only the newest are read.
 */
export const strategies = `with told as (
    select run_id, seq, case when type = 'attempt-started' then data ->> 'strategy' end as strategy
    from run_event where type in ('attempt-started', 'fix-validated') and at >= ${since}
      and run_id in (select run_id from run where ${recent}) offset 0),
  step as (
    select strategy, lead(seq) over mine is not null and lead(strategy) over mine is null as proven
    from told window mine as (partition by run_id order by seq))
  select strategy, count(*)::int as attempts, count(*) filter (where proven)::int as validated
  from step where strategy is not null group by strategy`

/** Of all runs together (the row without a repository) and of each repository. */
export const times = `select lower(repository) as repository, ${quantiles("seconds")}
  from (select repository, extract(epoch from stopped_at - created_at) as seconds from run where ${healed} and stopped_at is not null) as fixed
  group by grouping sets ((), (lower(repository)))`
