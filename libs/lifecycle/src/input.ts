import type { CommandType } from "@ci-fix-pilot/contract/commands"
import type { Event } from "@ci-fix-pilot/contract/events"
import type { RunId } from "@ci-fix-pilot/contract/ids"

/** What the planner is told: something a service saw (`answers` when it answers a command), or something the planner itself noticed. */
export type Input =
  | { readonly kind: "event"; readonly event: Event; readonly answers?: { readonly type: CommandType; readonly open: boolean } }
  | { readonly kind: "slot-free" }
  | { readonly kind: "deadline-passed" }
  /** `forGood`: the service that was asked says that no repetition mends it. */
  | { readonly kind: "gave-up"; readonly command: CommandType; readonly why: string; readonly heldUsd?: number; readonly forGood?: true }

/** What only the database knows at the moment of the decision: counts over other runs. */
export interface Facts {
  /** Runs of the repository being worked on now, this one not counted. */
  readonly activeInRepository: number
  /** Runs of the repository that wait for a slot, this one not counted: they go first. */
  readonly queuedInRepository: number
  readonly openPullRequests: number
  /** Other runs of this repository with the same signature that began within a day. */
  readonly sameSignatureToday: number
  /** An older open run with the same repository, branch, commit and signature. */
  readonly duplicateOf?: RunId
}

export const noFacts: Facts = { activeInRepository: 0, queuedInRepository: 0, openPullRequests: 0, sameSignatureToday: 0 }
