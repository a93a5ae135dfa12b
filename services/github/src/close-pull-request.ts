/**
 * Closes whatever pull request the run has and deletes its branch; of one that was merged only the branch.
 *
 * *Consumes* `github.close-pull-request`. *Emits* `pull-request-closed` (without a number when there never was one), or
 * `pull-request-merged` when somebody merged it first.
 * *Safe to repeat because* it looks for the run's branch and pull requests each time, and what is closed or gone stays so.
 */
import * as Actor from "@ci-fix-pilot/actor/Actor"
import { Terminal } from "@ci-fix-pilot/actor/outcome"
import type { AnswerTo } from "@ci-fix-pilot/contract/events"
import type { RunId } from "@ci-fix-pilot/contract/ids"
import type { Target } from "@ci-fix-pilot/contract/values"
import { Effect } from "effect"
import { ChangesAllowed } from "./ChangesAllowed.ts"
import { pullsOf, wasMerged } from "./our-pull-request.ts"
import { settle } from "./settle.ts"
import { withdraw } from "./withdraw.ts"

type Command = Actor.CommandOf<"github.close-pull-request">
type Answer = AnswerTo<"github.close-pull-request">

export const handle = Effect.fn("github.close-pull-request")(
  function* (command: Command) {
    const { target, reason } = command.data
    if (target.provider !== "github") return closed(undefined)
    const { allowed } = yield* ChangesAllowed
    const pull = allowed ? yield* withdraw(target, command.runId, reason) : yield* asItStands(target, command.runId)
    return pull?.merged === true ? yield* wasMerged(target.repository, pull) : closed(pull?.number)
  },
  (work, command) => settle(command.id)(work),
)

/** The run's newest pull request where we may change nothing; one that is open cannot be called closed. */
const asItStands = Effect.fnUntraced(function* (target: Target, runId: RunId) {
  const { ours } = yield* pullsOf(target, runId)
  const merged = ours.find((pull) => pull.merged)
  const open = ours.find(({ state }) => state === "open")
  if (merged !== undefined || open === undefined) return merged ?? ours[0]
  return yield* new Terminal({ reason: "changes on GitHub are switched off (CI_HEALING_GITHUB_ENABLED=false)" })
})

const closed = (number: number | undefined): Answer => ({ type: "pull-request-closed", data: number === undefined ? {} : { number } })

export const layer = Actor.make({ name: "github.close-pull-request", handle, concurrency: 2 })
