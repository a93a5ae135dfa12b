/** The commit to compare with: the last one that CI saw green, if it is green here too; else the newest green ancestor. */
import type { CommitSha } from "@ci-fix-pilot/contract/ids"
import type { PlanCommand } from "@ci-fix-pilot/contract/values"
import { Effect } from "effect"
import type { Runs } from "./count-runs.ts"
import { Dependencies } from "./Dependencies.ts"
import { findGreen } from "./find-green.ts"
import { type Try, tryCommit } from "./try-commit.ts"
import { Workspace } from "./Workspace.ts"

/** First-parent ancestors that are looked at. */
const furthest = 20
/** Runs that the search leaves for what comes after it. */
const reserved = 6

export interface Good {
  readonly commit: CommitSha
  /** The commands that were green there: the failing one alone, if it needs nothing of those before it. */
  readonly commands: ReadonlyArray<PlanCommand>
}

/** Undefined when no green commit was found. */
export const chooseGood = Effect.fn("validator.choose-good")(function* (
  here: Try,
  commands: ReadonlyArray<PlanCommand>,
  lastGreen: CommitSha | undefined,
  runs: Runs,
) {
  const isGreen = Effect.fnUntraced(
    function* (commit: CommitSha, tried: ReadonlyArray<PlanCommand>) {
      const source = { ...here.source, commitSha: commit }
      const layers = yield* (yield* Dependencies).prepare({ label: here.label, source })
      return (yield* runs.counted(tryCommit({ ...here, source, layers }, tried))).red === undefined
    },
    Effect.catchTags({ CommitUnusable: () => Effect.succeed(false), InstallImpossible: () => Effect.succeed(false) }),
  )
  /** Alone first: it saves the commands before it in every later run. */
  const greenWith = Effect.fnUntraced(function* (commit: CommitSha) {
    const alone = commands.slice(-1)
    if (commands.length > 1 && (yield* isGreen(commit, alone))) return alone
    return (yield* isGreen(commit, commands)) ? commands : undefined
  })

  if (lastGreen !== undefined && lastGreen !== here.source.commitSha) {
    const green = yield* greenWith(lastGreen)
    if (green !== undefined) return { commit: lastGreen, commands: green } satisfies Good
    yield* Effect.logInfo("the last green commit is red here", { lastGreen })
  }
  const ancestors = yield* Workspace.use((workspace) => workspace.ancestors(here.source, furthest))
  const found = yield* findGreen(ancestors, (commit) => (runs.left() <= reserved ? Effect.succeed(false) : isGreen(commit, commands)))
  return found === undefined ? undefined : ({ commit: found, commands } satisfies Good)
})
