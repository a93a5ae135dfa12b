import { Strategy } from "@ci-fix-pilot/contract/values"
import { rowsOf, Sql } from "@ci-fix-pilot/sql/Sql"
import { Duration, Effect, Layer, Schema } from "effect"
import * as waiting from "./backlog-queries.ts"
import * as letters from "./dead-letter-queries.ts"
import { sparingly } from "./sparingly.ts"
import { Totals } from "./Totals.ts"
import * as figures from "./totals-queries.ts"

type Group = Effect.Success<ReturnType<typeof figures.groupRows>>[number]
type Day = Effect.Success<ReturnType<typeof figures.dayRows>>[number]

const none = { queued: 0, running: 0, fixed: 0, escalated: 0, aborted: 0, resolved: 0, skipped: 0, flaky: 0 }
const sum = (numbers: ReadonlyArray<number>) => numbers.reduce((total, one) => total + one, 0)
const byStatus = (rows: ReadonlyArray<Pick<Group, "status" | "count">>) => {
  const counts = { ...none }
  for (const { status, count } of rows) counts[status] += count
  return counts
}

/** Adds up groups. A fix rate says how often healing worked where it had something to heal. */
const countsOf = (rows: ReadonlyArray<Group>) => {
  const counts = byStatus(rows)
  const good = counts.fixed + counts.resolved
  const judged = good + counts.escalated
  return {
    total: sum(Object.values(counts)),
    open: counts.queued + counts.running,
    byStatus: counts,
    fixRate: judged === 0 ? null : good / judged,
    costUsd: sum(rows.map(({ costUsd }) => costUsd)),
  }
}

const perDay = (rows: ReadonlyArray<Day>) =>
  [...Map.groupBy(rows, ({ day }) => day)].map(([day, ofDay]) => ({
    day,
    byStatus: byStatus(ofDay),
    secondsToFix: { p50: ofDay[0]?.p50 ?? null, p95: ofDay[0]?.p95 ?? null },
  }))
const order = (strategy: Strategy) => Strategy.literals.indexOf(strategy)
const latest = (rows: ReadonlyArray<Group>) => new Date(Math.max(...rows.map(({ last }) => last.getTime()))).toISOString()
const countRows = rowsOf(Schema.Struct({ count: Schema.Int }))

const all = { concurrency: "unbounded" } as const

export const layer = Layer.effect(
  Totals,
  Effect.gen(function* () {
    const { query } = yield* Sql
    const groupsOf = (days: number) => Effect.flatMap(query(figures.groups, [days]), figures.groupRows)
    const timesOf = (days: number) => Effect.flatMap(query(figures.times, [days]), figures.timeRows)
    const summary = yield* sparingly(
      Effect.fn("Totals.summary")(function* (days: number) {
        const [rows, times, daily, healed, strategies] = yield* Effect.all(
          [
            groupsOf(days),
            timesOf(days),
            Effect.flatMap(query(figures.days, [days]), figures.dayRows),
            Effect.flatMap(query(figures.healedBy, [days]), figures.healedRows),
            Effect.flatMap(query(figures.strategies, [days]), figures.strategyRows),
          ],
          all,
        )
        const counts = countsOf(rows)
        const time = times.find(({ repository }) => repository === null)
        const fixes = sum(healed.map(({ count }) => count))
        const written = sum(healed.flatMap(({ strategy, count }) => (strategy === "model" ? [count] : [])))
        const good = counts.byStatus.fixed + counts.byStatus.resolved
        return {
          days,
          ...counts,
          pullRequests: sum(rows.map(({ pullRequests }) => pullRequests)),
          attempts: sum(rows.map(({ attempts }) => attempts)),
          secondsToFix: { p50: time?.p50 ?? null, p95: time?.p95 ?? null },
          byStrategy: Object.fromEntries(healed.map(({ strategy, count }) => [strategy, count])),
          perDay: perDay(daily),
          strategies: strategies.toSorted((a, b) => order(a.strategy) - order(b.strategy)),
          healedWithoutModel: fixes === 0 ? null : (fixes - written) / fixes,
          costPerFixed: good === 0 ? null : counts.costUsd / good,
        }
      }),
    )
    const repositories = yield* sparingly(
      Effect.fn("Totals.repositories")(function* (days: number) {
        const [groups, times] = yield* Effect.all([groupsOf(days), timesOf(days)], all)
        const timeOf = new Map(times.map((one) => [one.repository, one]))
        return [...Map.groupBy(groups, ({ repository }) => repository.toLowerCase())]
          .map(([name, rows]) => ({
            repository: rows[0]?.repository ?? "",
            ...countsOf(rows),
            secondsToFix: { p50: timeOf.get(name)?.p50 ?? null, p95: timeOf.get(name)?.p95 ?? null },
            lastRunAt: latest(rows),
          }))
          .sort((a, b) => b.total - a.total || a.repository.localeCompare(b.repository))
      }),
    )
    return Totals.of({
      summary,
      repositories,
      backlog: Effect.gen(function* () {
        const [[row], commands, [dead], newest] = yield* Effect.all(
          [
            Effect.flatMap(query(waiting.waiting), waiting.waitingRows),
            Effect.flatMap(query(waiting.commands), waiting.commandRows),
            Effect.flatMap(query(letters.countOpen), countRows),
            Effect.flatMap(query(letters.newest), letters.letterRows),
          ],
          all,
        )
        return {
          position: row?.position ?? 0,
          inbox: row?.inbox ?? 0,
          oldestInboxMs: Math.round(row?.oldestInboxMs ?? 0),
          commands: Object.fromEntries(commands.map(({ type, count }) => [type, count])),
          oldestCommandMs: Object.fromEntries(commands.map(({ type, oldestMs }) => [type, Math.round(oldestMs)])),
          deadLetters: dead?.count ?? 0,
          newestDeadLetters: yield* Effect.forEach(newest, letters.showLetter),
        }
      }).pipe(Effect.withSpan("Totals.backlog")),
      database: Effect.gen(function* () {
        const [took, [row]] = yield* Effect.timed(Effect.flatMap(query(waiting.database), waiting.databaseRows))
        const { version = "", sizeBytes = 0, connections = 0, maxConnections = 0 } = row ?? {}
        return { version, latencyMs: Math.round(Duration.toMillis(took) * 10) / 10, sizeBytes, connections, maxConnections }
      }).pipe(Effect.withSpan("Totals.database")),
    })
  }),
)
