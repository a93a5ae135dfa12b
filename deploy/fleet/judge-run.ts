import { judge, judgeEnd, type Violation } from "@ci-fix-pilot/lifecycle/invariants"
import { defaultPolicy } from "@ci-fix-pilot/lifecycle/policy"
import type { Run } from "@ci-fix-pilot/lifecycle/run"
import type { Fleet } from "./fleet.ts"
import { ledgerOf, runOf, waitUntil } from "./ledger-of.ts"
import { readRun } from "./read-run.ts"

const ended = new Set(["fixed", "resolved", "escalated", "aborted", "skipped", "flaky"])

/** The run of a commit, once it is there. */
export const runIdFor = (fleet: Fleet, repository: string, sha: string, withinMs: number) =>
  waitUntil(
    `a run of ${repository} at ${sha.slice(0, 8)}`,
    async () => {
      const [row] = await fleet.database.sql`select run_id from run where repository = ${repository} and commit_sha = ${sha}`
      return row === undefined ? undefined : String(row["run_id"])
    },
    withinMs,
  )

/** Waits until a run has reached one of these phases (any stop, unless told). */
export const untilPhase = (fleet: Fleet, runId: string, withinMs: number, phases: ReadonlySet<string> = ended): Promise<Run> =>
  waitUntil(
    `${runId} to be ${[...phases].join(" or ")}`,
    async () => {
      const run = runOf(await ledgerOf(fleet.database.sql, runId))
      return run !== undefined && phases.has(run.phase) ? run : undefined
    },
    withinMs,
    async () => ({
      phase: runOf(await ledgerOf(fleet.database.sql, runId))?.phase,
      commands: await fleet.database
        .sql`select type, dispatch, tries, sent_at, holder, lease_until from command where run_id = ${runId} and closed_at is null`,
    }),
  )

/** Everything that is wrong with an ended run: its ledger, its row, its inbox, and what stands on the forge. */
export const judgeRun = async (fleet: Fleet, runId: string): Promise<ReadonlyArray<Violation | string>> => {
  const { row, entries, appliedTwice, unapplied } = await readRun(fleet.database.sql, runId)
  const run = runOf(entries)
  const pulls = (await fleet.forge.pullRequests()).filter(
    ({ headRef, repository }) => headRef === `ci-fix-pilot/${runId}` && repository === run?.target.repository,
  )
  const outside = pulls.map((pull) => ({ branch: pull.headRef, state: pull.mergedAt === null ? pull.state : ("merged" as const) }))
  return [
    ...judge(entries, defaultPolicy),
    ...judgeEnd(entries, outside, defaultPolicy.maxCostUsd),
    ...(row?.["seq"] === entries.length ? [] : [`I4: the row says seq ${row?.["seq"]}, the ledger has ${entries.length} entries`]),
    ...(Bun.deepEquals(row?.["state"], JSON.parse(JSON.stringify(run ?? null)))
      ? []
      : ["I4: the row's state is not the fold of the ledger"]),
    ...(appliedTwice === 0 ? [] : ["I5: one message was applied twice"]),
    ...(unapplied === 0 ? [] : ["I1: an inbox row was left unapplied"]),
  ]
}
