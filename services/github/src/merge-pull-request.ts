/**
 * Merges our pull request, only at the proven commit and only into the commit that the proof is about. Its branch is left to
 * `close-pull-request`, which is asked for by whoever hears of the merge: GitHub itself may tell of it before this answer does.
 *
 * *Consumes* `github.merge-pull-request`. *Emits* `pull-request-merged`, or `merge-refused` with GitHub's or our reason.
 * *Safe to repeat because* the pull request is looked at first (merged stays merged), and GitHub merges only at the sha it is given.
 */
import * as Actor from "@ci-fix-pilot/actor/Actor"
import { crashPoint } from "@ci-fix-pilot/actor/crash-point"
import type { AnswerTo } from "@ci-fix-pilot/contract/events"
import type { PullRequest, Target } from "@ci-fix-pilot/contract/values"
import { Effect } from "effect"
import { ChangesAllowed } from "./ChangesAllowed.ts"
import { createOrAdopt } from "./change-github.ts"
import { GitHub, type Pull } from "./GitHub.ts"
import { settle } from "./settle.ts"

type Command = Actor.CommandOf<"github.merge-pull-request">
type Answer = AnswerTo<"github.merge-pull-request">

export const handle = Effect.fn("github.merge-pull-request")(
  function* (command: Command) {
    const { target, approvedBy } = command.data
    const proven = command.data.pullRequest
    if (!(yield* ChangesAllowed).allowed) return refused("changes on GitHub are switched off (CI_HEALING_GITHUB_ENABLED=false)")
    const github = yield* GitHub
    const pull = yield* github.pull(target.repository, proven.number)
    if (pull.merged) return merged(pull, undefined)
    const why = yield* objection(target, proven, pull)
    if (why !== undefined) return refused(why)

    const { mergeMethods } = yield* github.repository(target.repository)
    const [method] = mergeMethods
    if (method === undefined) return refused("the repository's settings allow no way to merge")
    const lookAgain = github.pull(target.repository, proven.number)
    const answer = yield* createOrAdopt(
      Effect.as(github.merge(target.repository, proven.number, proven.headSha, method), merged(pull, approvedBy)),
      Effect.map(lookAgain, (now) => (now.merged ? merged(now, approvedBy) : undefined)),
    ).pipe(Effect.catchTag("Conflict", (error) => Effect.succeed(refused(error.why))))
    yield* crashPoint("github.merge-pull-request:merged")
    return answer
  },
  (work, command) => settle(command.id)(work),
)

/** Why the pull request must not be merged as it stands now, or undefined. */
const objection = Effect.fnUntraced(function* (target: Target, proven: PullRequest, pull: Pull) {
  if (pull.state === "closed") return "the pull request was closed"
  if (pull.headSha !== proven.headSha) return `its branch is at ${pull.headSha}, not at the proven ${proven.headSha}`
  if (pull.baseRef !== target.branch) return `it now goes into ${pull.baseRef}, not into ${target.branch}`
  const github = yield* GitHub
  const base = yield* github.branchHead(target.repository, target.branch).pipe(Effect.catchTag("NotFound", () => Effect.succeed(undefined)))
  if (base === undefined) return `the branch ${target.branch} is gone`
  if (base !== target.commitSha) return `${target.branch} has moved to ${base} since the proof; merge it on GitHub if it is still wanted`
  return undefined
})

const merged = (pull: Pull, approvedBy: string | undefined): Answer => {
  const by = approvedBy ?? pull.mergedBy
  return { type: "pull-request-merged", data: { number: pull.number, ...(by === undefined ? {} : { by }) } }
}

const refused = (why: string): Answer => ({ type: "merge-refused", data: { why: why.slice(0, 2_000) } })

export const layer = Actor.make({ name: "github.merge-pull-request", handle, concurrency: 2 })
