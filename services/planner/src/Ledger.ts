import type { Command, CommandType } from "@ci-fix-pilot/contract/commands"
import type { RunId } from "@ci-fix-pilot/contract/ids"
import type { RunEvent } from "@ci-fix-pilot/contract/run-events"
import type { Run } from "@ci-fix-pilot/lifecycle/run"

/** The traceparent of what no message has caused. */
export const noTrace = "00-00000000000000000000000000000000-0000000000000000-00"

/** A run as its row has it; locked for the transaction that reads it. */
export interface RunRow {
  readonly runId: RunId
  readonly seq: number
  readonly state: Run
}

/** A command as its row has it. */
export interface CommandRow {
  readonly commandId: string
  readonly runId: RunId
  readonly type: CommandType
  readonly dispatch: number
  readonly tries: number
  readonly open: boolean
  readonly maxUsd: number
  /** Who was told `go` last for this dispatch, if anybody. */
  readonly holder: string | null
}

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
