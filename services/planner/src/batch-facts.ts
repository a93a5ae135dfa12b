import { RunId } from "@ci-fix-pilot/contract/ids"
import type { Facts, Input } from "@ci-fix-pilot/lifecycle/input"
import { noFacts } from "@ci-fix-pilot/lifecycle/input"
import type { Run } from "@ci-fix-pilot/lifecycle/run"
import { isOver } from "@ci-fix-pilot/lifecycle/step"
import { Schema } from "effect"

/** What the database counted for one repository (lower-cased name) before the batch. */
export const RepositoryCounts = Schema.Struct({
  repository: Schema.String,
  active: Schema.Int,
  queued: Schema.Int,
  openPullRequests: Schema.Int,
})
export type RepositoryCounts = typeof RepositoryCounts.Type

/** A run of the last day with a signature, to tell duplicates and loops. */
export const Relative = Schema.Struct({
  runId: RunId,
  repository: Schema.String,
  branch: Schema.String,
  commitSha: Schema.String,
  signature: Schema.String,
  open: Schema.Boolean,
})
export type Relative = typeof Relative.Type

/** The facts of a batch, kept true while its items are applied one after the other. */
export interface BatchFacts {
  readonly of: (runId: RunId, run: Run | undefined, input: Input) => Facts
  readonly note: (runId: RunId, before: Run | undefined, after: Run) => void
}

const isActive = (run: Run | undefined) =>
  run !== undefined && !isOver(run) && run.phase !== "queued" && run.phase !== "awaiting-approval" && run.phase !== "fixed"
const isQueued = (run: Run | undefined) => run?.phase === "queued"
const hasPullRequest = (run: Run | undefined) => run !== undefined && (run.phase === "fixed" || run.phase === "delivering")
const key = (repository: string) => repository.toLowerCase()

export const batchFacts = (counts: ReadonlyArray<RepositoryCounts>, relatives: ReadonlyArray<Relative>): BatchFacts => {
  const byRepository = new Map(
    counts.map((row) => [row.repository, { active: row.active, queued: row.queued, openPullRequests: row.openPullRequests }]),
  )
  const kin = new Map(relatives.map((relative) => [relative.runId, relative]))

  const signatureFacts = (runId: RunId, run: Run, signature: string) => {
    const same = [...kin.values()].filter(
      (other) => other.runId !== runId && other.signature === signature && other.repository === key(run.target.repository),
    )
    const duplicate = same.find((other) => other.open && other.branch === run.target.branch && other.commitSha === run.target.commitSha)
    return { sameSignatureToday: same.length, ...(duplicate === undefined ? {} : { duplicateOf: duplicate.runId }) }
  }

  return {
    of: (runId, run, input) => {
      const repository =
        run?.target.repository ?? (input.kind === "event" && input.event.type === "ci-failed" ? input.event.data.target.repository : "")
      const { active = 0, queued = 0, openPullRequests = 0 } = byRepository.get(key(repository)) ?? {}
      const counted = { ...noFacts, activeInRepository: active, queuedInRepository: queued, openPullRequests }
      if (run === undefined || input.kind !== "event" || input.event.type !== "failure-fetched") return counted
      return { ...counted, ...signatureFacts(runId, run, input.event.data.signature) }
    },
    note: (runId, before, after) => {
      const repository = key(after.target.repository)
      const row = byRepository.get(repository) ?? { active: 0, queued: 0, openPullRequests: 0 }
      row.active += Number(isActive(after)) - Number(isActive(before))
      row.queued += Number(isQueued(after)) - Number(isQueued(before))
      row.openPullRequests += Number(hasPullRequest(after)) - Number(hasPullRequest(before))
      byRepository.set(repository, row)
      const signature = after.failure?.signature ?? after.source.signature
      if (signature === undefined) return
      const { branch, commitSha } = after.target
      if (after.phase === "skipped") kin.delete(runId)
      else kin.set(runId, { runId, repository, branch, commitSha, signature, open: !isOver(after) })
    },
  }
}
