import { stops } from "@ci-fix-pilot/contract/phases"
import { judge, judgeEnd, type Violation } from "@ci-fix-pilot/lifecycle/invariants"
import { defaultPolicy } from "@ci-fix-pilot/lifecycle/policy"
import type { Run } from "@ci-fix-pilot/lifecycle/run"
import type { Fleet } from "./fleet.ts"
import { ledgerOf, runOf, waitUntil } from "./ledger-of.ts"
import { readRun } from "./read-run.ts"

const ended: ReadonlySet<string> = new Set(stops)

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

type Wrong = ReadonlyArray<Violation | string>

/**
 * Everything that is wrong with an ended run, once it is at rest. What no time mends is told at once: its ledger, and the row that is its
 * fold. What others have still to do is waited for: an arrival to be applied, a pull request to be closed. What is left of a run on the
 * forge is looked for at once, after 30 s and after 10 min.
 */
export const judgeAtRest = (fleet: Fleet, runId: string, withinMs = 60_000): Promise<Wrong> =>
  waitUntil(
    `${runId} to be in order`,
    async () => {
      const { lasting, passing } = await judgeRun(fleet, runId)
      return lasting.length > 0 || passing.length === 0 ? lasting : undefined
    },
    withinMs,
  ).catch(async () => {
    const { lasting, passing } = await judgeRun(fleet, runId)
    return [...lasting, ...passing]
  })

const judgeRun = async (fleet: Fleet, runId: string): Promise<{ readonly lasting: Wrong; readonly passing: Wrong }> => {
  const { row, entries, appliedTwice, unapplied } = await readRun(fleet.database.sql, runId)
  const run = runOf(entries)
  const pulls = (await fleet.forge.pullRequests()).filter(
    ({ headRef, repository }) => headRef === `ci-fix-pilot/${runId}` && repository === run?.target.repository,
  )
  const outside = pulls.map((pull) => ({ branch: pull.headRef, state: pull.mergedAt === null ? pull.state : ("merged" as const) }))
  const isFold = Bun.deepEquals(row?.["state"], JSON.parse(JSON.stringify(run ?? null)))
  return {
    lasting: [
      ...judge(entries, defaultPolicy),
      ...(row?.["seq"] === entries.length ? [] : [`I4: the row says seq ${row?.["seq"]}, the ledger has ${entries.length} entries`]),
      ...(isFold ? [] : ["I4: the row's state is not the fold of the ledger"]),
      ...(appliedTwice === 0 ? [] : ["I5: one message was applied twice"]),
    ],
    passing: [...judgeEnd(entries, outside, defaultPolicy.maxCostUsd), ...(unapplied === 0 ? [] : ["I1: an inbox row was left unapplied"])],
  }
}
