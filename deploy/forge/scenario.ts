import { Schema } from "effect"
import { Developer } from "./operations.ts"

const Text = Schema.String

/** A commit: the files of a folder as they are afterwards. */
export const Change = Schema.Struct({
  /** Folder below `scenarios/<name>/`. */
  folder: Text,
  branch: Text,
  message: Text,
  by: Developer,
  /** When it was made (RFC 3339): fixed, so that its id is always the same. */
  at: Text,
})
export type Change = typeof Change.Type

/** A small real project that breaks in a certain way, and what healing it must come to. */
export interface Scenario {
  readonly name: string
  readonly title: string
  readonly repository: { readonly owner: string; readonly name: string }
  /** The first commit; null when the scenario goes on in the repository of the scenario it comes `after`. */
  readonly base: Change | null
  /** Must have ended, and its pull request must have been approved and merged, before this one is played. */
  readonly after?: string
  /** What follows the base. The last commit of all is the red one. */
  readonly changes: ReadonlyArray<Change>
  /** The file with the log of the red run, where CI failed although the commit is good; otherwise CI really runs. */
  readonly recordedLog?: string
  /** Another commit to push once the run reaches a phase of its life. */
  readonly meanwhile?: { readonly phase: "reproducing" | "diagnosing" | "validating"; readonly change: Change }
  /** Shell line that is green on a good checkout and red on the broken one; run in the project's root. */
  readonly verify: string
  readonly expected: {
    readonly status: "fixed" | "flaky" | "skipped" | "escalated"
    readonly strategy: "revert" | "replay" | null
  }
  /** Text that a fixed branch must still contain, by file: the harmless part of the red commit. */
  readonly keeps: Readonly<Record<string, string>>
  /** Text that a fixed branch must contain again: what the culprit had changed. */
  readonly restores: Readonly<Record<string, string>>
}
