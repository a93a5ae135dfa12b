/**
 * Closes whatever pull request the run has and deletes its branch; of one that was merged only the branch.
 *
 * *Consumes* `github.close-pull-request`. *Emits* `pull-request-closed` (without a number when there never was one), or
 * `pull-request-merged` when somebody merged it first.
 * *Safe to repeat because* it looks for the run's branch and pull requests each time, and what is closed or gone stays so.
 */
import * as Actor from "@ci-fix-pilot/actor/Actor"
import type { AnswerTo } from "@ci-fix-pilot/contract/events"
import { Effect } from "effect"
import { ChangesAllowed } from "./ChangesAllowed.ts"
import { wasMerged } from "./our-pull-request.ts"
import { settle } from "./settle.ts"
import { withdraw } from "./withdraw.ts"

type Command = Actor.CommandOf<"github.close-pull-request">
type Answer = AnswerTo<"github.close-pull-request">

export const handle = Effect.fn("github.close-pull-request")(
  function* (command: Command) {
    const { target, reason } = command.data
    const { allowed } = yield* ChangesAllowed
    if (target.provider !== "github" || !allowed) return closed(undefined)
    const pull = yield* withdraw(target, command.runId, reason)
    return pull?.merged === true ? yield* wasMerged(target.repository, pull) : closed(pull?.number)
  },
  (work, command) => settle(command.id)(work),
)

const closed = (number: number | undefined): Answer => ({ type: "pull-request-closed", data: number === undefined ? {} : { number } })

export const layer = Actor.make({ name: "github.close-pull-request", handle, concurrency: 2 })
