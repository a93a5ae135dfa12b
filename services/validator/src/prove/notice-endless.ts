/**
 * A first try that does not wait in full for a command that never ends: when it takes suspiciously long, the parent commit is tried
 * beside it. Where the parent is green in a fraction of the time, that fraction's multiple is time enough.
 */
import type { PlanCommand } from "@ci-fix-pilot/contract/values"
import { Effect } from "effect"
import { Dependencies } from "../install/Dependencies.ts"
import { Workspace } from "../workspace/Workspace.ts"
import type { HowFar } from "./run-commands.ts"
import { limitAfter, type Try, timeOf, tryCommit } from "./try-commit.ts"

const suspicious = "45 seconds"
/** Below this part of the full limit a second, shorter run is worth its while. */
const worthwhile = 1 / 3

/** What the plan takes on the parent commit, in milliseconds; none when it is red there or cannot be tried. */
const parentTime = Effect.fnUntraced(function* (here: Try, plan: ReadonlyArray<PlanCommand>) {
  const [parent] = yield* Workspace.use((workspace) => workspace.ancestors(here.source, 1))
  if (parent === undefined) return undefined
  const source = { ...here.source, commitSha: parent }
  const layers = yield* Dependencies.use((dependencies) => dependencies.prepare({ label: here.label, source, commands: plan }))
  const tried = yield* tryCommit({ ...here, source, layers }, plan)
  return tried.red === undefined ? timeOf(tried) : undefined
})

/** As `tryCommit`, with the same answer sooner. */
export const tryNoticingEndless = Effect.fn("validator.try-noticing-endless")(function* (
  here: Try,
  plan: ReadonlyArray<PlanCommand>,
  howFar: HowFar = "first-red",
) {
  const shorter = parentTime(here, plan).pipe(
    Effect.delay(suspicious),
    Effect.catchCause((cause) => Effect.as(Effect.logDebug("the parent commit tells nothing", cause), undefined)),
    Effect.map((greenMs) => limitAfter(here, greenMs ?? Number.POSITIVE_INFINITY)),
    Effect.flatMap((limited) => (limited.limits.timeoutMs <= here.limits.timeoutMs * worthwhile ? Effect.succeed(limited) : Effect.never)),
  )
  const first = yield* Effect.raceFirst(tryCommit(here, plan, [], howFar), shorter)
  return "limits" in first ? yield* tryCommit(first, plan, [], howFar) : first
})
