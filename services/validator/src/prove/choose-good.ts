/** The commit to compare with: the last one that CI saw green, if it is green here too; else the newest green ancestor. */
import type { CommitSha } from "@ci-fix-pilot/contract/ids"
import type { PlanCommand } from "@ci-fix-pilot/contract/values"
import { Effect } from "effect"
import { Dependencies } from "../install/Dependencies.ts"
import { Workspace } from "../workspace/Workspace.ts"
import type { Runs } from "./count-runs.ts"
import { findGreen } from "./find-green.ts"
import { type Try, timeOf, tryCommit } from "./try-commit.ts"

/** First-parent ancestors that are looked at. */
const furthest = 20
/** Runs that the search leaves for what comes after it. */
const reserved = 6

export interface Good {
  readonly commit: CommitSha
  /** The commands that were green there: the failing one alone, if it needs nothing of those before it. */
  readonly commands: ReadonlyArray<PlanCommand>
  /** What they took there, in milliseconds. */
  readonly tookMs: number
}

/** Undefined when no green commit was found. */
export const chooseGood = Effect.fn("validator.choose-good")(function* (
  here: Try,
  commands: ReadonlyArray<PlanCommand>,
  lastGreen: CommitSha | undefined,
  runs: Runs,
) {
  /** What the commands took when they were all green, in milliseconds. */
  const greenMs = Effect.fnUntraced(
    function* (commit: CommitSha, tried: ReadonlyArray<PlanCommand>) {
      const source = { ...here.source, commitSha: commit }
      const layers = yield* (yield* Dependencies).prepare({ label: here.label, source, commands })
      const seen = yield* runs.counted(tryCommit({ ...here, source, layers }, tried))
      return seen.red === undefined ? timeOf(seen) : undefined
    },
    Effect.catchTags({ CommitUnusable: () => Effect.undefined, InstallImpossible: () => Effect.undefined }),
  )
  /** Alone first: it saves the commands before it in every later run. */
  const greenWith = Effect.fnUntraced(function* (commit: CommitSha) {
    for (const tried of commands.length > 1 ? [commands.slice(-1), commands] : [commands]) {
      const tookMs = yield* greenMs(commit, tried)
      if (tookMs !== undefined) return { commit, commands: tried, tookMs } satisfies Good
    }
    return undefined
  })

  if (lastGreen !== undefined && lastGreen !== here.source.commitSha) {
    const green = yield* greenWith(lastGreen)
    if (green !== undefined) return green
    yield* Effect.logInfo("the last green commit is red here", { lastGreen })
  }
  const ancestors = yield* Workspace.use((workspace) => workspace.ancestors(here.source, furthest))
  const took = new Map<CommitSha, number>()
  const found = yield* findGreen(ancestors, (commit) =>
    Effect.gen(function* () {
      const tookMs = runs.left() <= reserved ? undefined : yield* greenMs(commit, commands)
      if (tookMs !== undefined) took.set(commit, tookMs)
      return tookMs !== undefined
    }),
  )
  if (found === undefined) return undefined
  const last = commands.slice(-1)
  const alone = commands.length > 1 && runs.left() > reserved ? yield* greenMs(found, last) : undefined
  if (alone !== undefined) return { commit: found, commands: last, tookMs: alone } satisfies Good
  return { commit: found, commands, tookMs: took.get(found) ?? 0 } satisfies Good
})
