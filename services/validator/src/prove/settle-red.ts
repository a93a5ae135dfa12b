/**
 * Which of several red commands is the commit's doing. A plan that was guessed from the files or taken from a workflow may name commands
 * that never were green here: a linter without its configuration, a step that needs the network. Red before and red now says nothing about a change.
 */
import { isSameCommand } from "@ci-fix-pilot/contract/same-command"
import type { CommandResult, PlanCommand } from "@ci-fix-pilot/contract/values"
import { Effect } from "effect"
import { Dependencies } from "../install/Dependencies.ts"
import { Workspace } from "../workspace/Workspace.ts"
import type { Ran } from "./run-commands.ts"
import { type Try, tryCommit } from "./try-commit.ts"

export interface Settled {
  readonly failing: Ran
  /** What must be green with a fix. */
  readonly plan: ReadonlyArray<PlanCommand>
  /** Red on the failing commit, and on an ancestor where the failing command is green. */
  readonly setAside: ReadonlyArray<CommandResult>
}

/** First-parent ancestors that are looked at, of the last 20: by doubling distances. */
const distances = [0, 1, 3, 7, 15]
const furthest = 20

/** `reds` in the order of the plan, at least two. The first of them where no ancestor tells them apart. */
export const settleRed = Effect.fn("validator.settle-red")(function* (
  here: Try,
  plan: ReadonlyArray<PlanCommand>,
  reds: readonly [Ran, ...ReadonlyArray<Ran>],
) {
  const commandsGreenAt = Effect.fnUntraced(
    function* (commitSha: Try["source"]["commitSha"]) {
      const source = { ...here.source, commitSha }
      const layers = yield* (yield* Dependencies).prepare({ label: here.label, source, commands: plan })
      const { ran } = yield* tryCommit({ ...here, source, layers }, plan, [], "all")
      return ran.filter(({ green }) => green).map(({ result }) => result.command)
    },
    Effect.catchTags({ CommitUnusable: () => Effect.succeed([]), InstallImpossible: () => Effect.succeed([]) }),
  )
  const ancestors = yield* Workspace.use((workspace) => workspace.ancestors(here.source, furthest))
  for (const distance of distances) {
    const ancestor = ancestors[distance]
    if (ancestor === undefined) break
    const green = yield* commandsGreenAt(ancestor)
    const wasGreen = ({ result }: Ran) => green.some((command) => isSameCommand(command, result.command))
    const failing = reds.find(wasGreen)
    if (failing === undefined) continue
    const setAside = reds.filter((red) => !wasGreen(red)).map(({ result }) => result)
    yield* Effect.logInfo("red before, too", { ancestor, commands: setAside.map(({ command }) => command.name) })
    const isLeft = (command: PlanCommand) => !setAside.some((result) => isSameCommand(result.command, command))
    return { failing, plan: plan.filter(isLeft), setAside } satisfies Settled
  }
  return { failing: reds[0], plan, setAside: [] } satisfies Settled
})
