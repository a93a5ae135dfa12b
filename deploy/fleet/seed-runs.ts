/** Runs written into a fleet's database as its planner would have: a ledger, and the row that is its fold. */

import { type RunEvent, runEvents } from "@ci-fix-pilot/contract/run-events"
import { evolve, isStop, lastAttempt, type Run, statusOf } from "@ci-fix-pilot/lifecycle/run"
import { Schema } from "effect"
import type postgres from "postgres"

export interface Life {
  readonly runId: string
  /** Its ledger, from `ci-failed` on. */
  readonly events: ReadonlyArray<RunEvent>
  /** How long ago it began (seconds). */
  readonly ago: number
  /** How far its entries are apart (seconds); one unless told. */
  readonly apart?: number
}

const traceparent = "00-00000000000000000000000000000001-0000000000000001-00"
/** Postgres takes 65,534 parameters in one statement. */
const perStatement = 2_000

/** A fact that the contract refuses never gets into a ledger: neither may it here. */
const check = (event: RunEvent): void => {
  Schema.decodeUnknownSync(runEvents[event.type] as Schema.Codec<unknown>)(event.data)
}

const at = ({ ago, apart = 1 }: Life, index: number, now: number) => new Date(now + (index * apart - ago) * 1_000)

/** Where the run came to its first stop: that is when its repair was done, whatever follows. */
const firstStop = (events: ReadonlyArray<RunEvent>): number => {
  let run: Run | undefined
  return events.findIndex((event) => {
    run = evolve(run, event)
    return isStop(run.phase)
  })
}

/** The row that a life ends in. `now`: milliseconds. */
export const runRow = (life: Life, now: number) => {
  const run = life.events.reduce<Run | undefined>(evolve, undefined)
  if (run === undefined) throw new Error("a life without a beginning")
  return { ...summaryOf(life, run), ...timesOf(life, run, now) }
}

const timesOf = (life: Life, run: Run, now: number) => ({
  created_at: at(life, 0, now),
  updated_at: at(life, life.events.length - 1, now),
  stopped_at: isStop(run.phase) ? at(life, firstStop(life.events), now) : null,
})

const summaryOf = (life: Life, run: Run) => ({
  run_id: life.runId,
  repository: run.target.repository,
  branch: run.target.branch,
  commit_sha: run.target.commitSha,
  title: run.title,
  status: statusOf(run.phase),
  phase: run.phase,
  signature: run.reproduction?.signature ?? run.failure?.signature ?? null,
  attempt: run.attempts.length,
  max_attempts: 3,
  strategy: lastAttempt(run)?.strategy ?? null,
  pull_request_url: run.pullRequest?.url ?? null,
  cost_usd: run.costUsd,
  state: run,
  seq: life.events.length,
})

const chunks = <A>(items: ReadonlyArray<A>): Array<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(items.length / perStatement) }, (_, n) => items.slice(n * perStatement, (n + 1) * perStatement))

/** Writes them in one transaction, behind everything that the ledger holds. They have no commands and no deadlines: no service does anything for them. */
export const seedRuns = async (sql: postgres.Sql, lives: ReadonlyArray<Life>): Promise<void> => {
  const now = Date.now()
  lives.forEach((life) => {
    life.events.forEach(check)
  })
  const rows = lives.map((life) => runRow(life, now))
  const entries = lives.flatMap((life) =>
    life.events.map(({ type, data }, index) => ({ run_id: life.runId, seq: index + 1, type, at: at(life, index, now), traceparent, data })),
  )
  await sql.begin(async (tx) => {
    for (const some of chunks(rows)) await tx`insert into run ${tx(some as never)}`
    const [ledger] = await tx`update ledger set position = position + ${entries.length} returning position`
    const first = Number(ledger?.["position"]) - entries.length + 1
    const placed = entries.map((entry, index) => ({ ...entry, position: first + index }))
    for (const some of chunks(placed)) await tx`insert into run_event ${tx(some as never)}`
  })
}
