import type { Command } from "@ci-fix-pilot/contract/commands"
import { RunId } from "@ci-fix-pilot/contract/ids"
import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import { Schema } from "effect"
import { CommandName, RecordedRun } from "./recorded.ts"

/** The traceparent of what no message has caused. */
export const noTrace = "00-00000000000000000000000000000000-0000000000000000-00"

/** A run as its row has it; locked for the transaction that reads it. */
export const RunRow = Schema.Struct({ runId: RunId, seq: Schema.Int, state: RecordedRun })
export type RunRow = typeof RunRow.Type

/** A command as its row has it. `holder`: who was told `go` last for this dispatch, if anybody. */
export const CommandRow = Schema.Struct({
  commandId: Schema.String,
  runId: RunId,
  type: CommandName,
  dispatch: Schema.Int,
  tries: Schema.Int,
  open: Schema.Boolean,
  maxUsd: Schema.Finite,
  holder: Schema.NullOr(Schema.String),
})
export type CommandRow = typeof CommandRow.Type

/** A ledger entry to append. */
export interface NewEntry {
  readonly runId: RunId
  readonly seq: number
  readonly causedBy: string
  readonly traceparent: string
  readonly event: RunEvent
}

/** A ledger entry after its commit. */
export type CommittedEntry = NewEntry & { readonly position: number; readonly at: string }

/** A command on its way out: one dispatch of it. */
export interface Dispatch {
  readonly commandId: string
  readonly runId: RunId
  readonly dispatch: number
  readonly attempt: number | undefined
  readonly traceparent: string
  readonly command: Command
}

/** A command to record. Times in ms from the commit. */
export type NewCommand = Dispatch & { readonly delayMs: number; readonly deadlineMs: number; readonly maxUsd: number }
