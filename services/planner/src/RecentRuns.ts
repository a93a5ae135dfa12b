import { dispatchId } from "@ci-fix-pilot/contract/dispatch-id"
import type { RunId } from "@ci-fix-pilot/contract/ids"
import type { Run } from "@ci-fix-pilot/lifecycle/run"
import { isOver } from "@ci-fix-pilot/lifecycle/step"
import { jsonText } from "@ci-fix-pilot/sql/json-text"
import { Context, Layer } from "effect"
import type { CommandRow, RunRow } from "./Ledger.ts"
import type { Plan } from "./plan-batch.ts"

interface Recent {
  readonly run: RunRow
  /** What it has asked for and nobody has touched since, by the name of its dispatch. */
  readonly commands: Map<string, CommandRow>
}

/** Runs that are remembered at once. */
const most = 256

/** As the table has it: not every text can be stored. Only for what is asked for: of many runs at once most is forgotten unread. */
const asStored = (state: Run): Run => JSON.parse(jsonText(state))

interface Remembered {
  /** The command whose first dispatch an answer names (`causedBy`), as it was when it was asked for, and its run as it was last written. */
  readonly recall: (runId: RunId, causedBy: string) => { readonly run: RunRow; readonly command: CommandRow } | undefined
  readonly remember: (plan: Plan) => void
  readonly forget: (runIds: Iterable<RunId>) => void
}

/**
 * How the last commits of this process left the runs under way, so that the answer to what was just asked is decided without reading
 * them. It is a guess: `apply_batch` compares it with what stands, and what does not hold any more is read. Unless provided, nothing is known.
 */
export const RecentRuns = Context.Reference<Remembered>("ci-fix-pilot/planner/RecentRuns", {
  defaultValue: () => ({ recall: () => undefined, remember: () => {}, forget: () => {} }),
})
export type RecentRuns = Remembered

/** A memory that is empty. */
export const recentRuns = (): RecentRuns => {
  const recent = new Map<RunId, Recent>()

  const remember = ({ runs, commands, changes, over }: Plan) => {
    const changed = new Set(changes.map(({ commandId }) => commandId))
    for (const [runId, { seq, state }] of runs) {
      const open = [...(recent.get(runId)?.commands ?? [])].filter(([, { commandId }]) => !changed.has(commandId))
      // Behind all others: those that nobody has heard of for longest go first.
      recent.delete(runId)
      if (!isOver(state)) recent.set(runId, { run: { runId, seq, state }, commands: new Map(open) })
    }
    for (const runId of over) recent.delete(runId)
    for (const { commandId, runId, dispatch, maxUsd, command } of commands) {
      const row = { commandId, runId, type: command.type, dispatch, tries: 0, open: true, maxUsd, holder: null }
      recent.get(runId)?.commands.set(dispatchId(commandId, dispatch), row)
    }
    for (const runId of runs.keys()) if (recent.get(runId)?.commands.size === 0) recent.delete(runId)
    for (const runId of recent.keys()) {
      if (recent.size <= most) break
      recent.delete(runId)
    }
  }

  return {
    recall: (runId, causedBy) => {
      const found = recent.get(runId)
      const command = found?.commands.get(causedBy)
      if (found === undefined || command === undefined) return undefined
      return { run: { ...found.run, state: asStored(found.run.state) }, command }
    },
    remember,
    forget: (runIds) => {
      for (const runId of runIds) recent.delete(runId)
    },
  }
}

export const layer = Layer.sync(RecentRuns, recentRuns)
