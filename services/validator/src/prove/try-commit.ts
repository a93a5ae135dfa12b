/** One try: a fresh view of a commit, perhaps changed, over what was installed for it, and commands run in it. */
import type { PlanCommand } from "@ci-fix-pilot/contract/values"
import { Effect } from "effect"
import { type FileChange, type Source, type ViewLayer, Workspace } from "../workspace/Workspace.ts"
import { type HowFar, type Ran, type RunLimits, runCommands } from "./run-commands.ts"

export interface Try {
  readonly source: Source
  readonly label: string
  readonly limits: RunLimits
  /** What was installed for it. */
  readonly layers: ReadonlyArray<ViewLayer>
}

export interface Tried {
  /** The tree that was tried. */
  readonly treeSha: string
  readonly ran: ReadonlyArray<Ran>
  /** The first that was not green. */
  readonly red: Ran | undefined
}

/** Runs the commands in a view of their own, which is gone afterwards. */
export const tryCommit = Effect.fn("validator.try")(function* (
  { source, label, limits, layers }: Try,
  commands: ReadonlyArray<PlanCommand>,
  changes: ReadonlyArray<FileChange> = [],
  howFar: HowFar = "first-red",
) {
  const workspace = yield* Workspace
  const view = yield* workspace.view(source, { changes, layers })
  const ran = yield* runCommands({ label, view, layers, limits }, commands, howFar)
  const tried: Tried = { treeSha: view.treeSha, ran, red: ran.find(({ green }) => !green) }
  return tried
}, Effect.scoped)

/** What the commands of a try took together, in milliseconds. */
export const timeOf = (tried: Tried): number => tried.ran.reduce((sum, { result }) => sum + result.durationMs, 0)

const leastLimitMs = 30_000
const patience = 10

/** The same, with commands that may take a multiple of what they took when they were green: red ones that never end are not waited for. */
export const limitAfter = (one: Try, greenMs: number): Try => ({
  ...one,
  limits: { ...one.limits, timeoutMs: Math.min(one.limits.timeoutMs, Math.max(leastLimitMs, patience * greenMs)) },
})
