/**
 * Says how a pull request of ours stands.
 *
 * *Consumes* `github.check-pull-request`. *Emits* `pull-request-merged`, `pull-request-closed`, or `pull-request-checks` while it is open.
 * *Safe to repeat because* it only reads.
 */
import * as Actor from "@ci-fix-pilot/actor/Actor"
import type { AnswerTo } from "@ci-fix-pilot/contract/events"
import { Effect } from "effect"
import { GitHub } from "./GitHub.ts"
import { settle } from "./settle.ts"

type Command = Actor.CommandOf<"github.check-pull-request">
type Answer = AnswerTo<"github.check-pull-request">

export const handle = Effect.fn("github.check-pull-request")(
  function* (command: Command) {
    const { target, pullRequest } = command.data
    const github = yield* GitHub
    const pull = yield* github.pull(target.repository, pullRequest.number)
    const { number, headSha } = pull
    if (pull.merged)
      return answer({ type: "pull-request-merged", data: { number, ...(pull.mergedBy === undefined ? {} : { by: pull.mergedBy }) } })
    if (pull.state === "closed") return answer({ type: "pull-request-closed", data: { number } })
    const conclusion = yield* github.checks(target.repository, headSha)
    return answer({ type: "pull-request-checks", data: { number, headSha, conclusion } })
  },
  (work, command) => settle(command.id)(work),
)

const answer = (event: Answer): Answer => event

export const layer = Actor.make({ name: "github.check-pull-request", handle, concurrency: 4 })
