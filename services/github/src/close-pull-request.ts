/**
 * Closes whatever pull request the run has and deletes its branch.
 *
 * *Consumes* `github.close-pull-request`. *Emits* `pull-request-closed` (without a number when there never was one), or
 * `pull-request-merged` when somebody merged it first.
 * *Safe to repeat because* it looks for the run's branch and pull requests each time, and what is closed or gone stays so.
 */
import * as Actor from "@ci-fix-pilot/actor/Actor"
import type { AnswerTo } from "@ci-fix-pilot/contract/events"
import { fixBranch } from "@ci-fix-pilot/contract/run-id"
import { Effect } from "effect"
import { createOrAdopt } from "./change-github.ts"
import { closingNote } from "./closing-note.ts"
import { author } from "./fix-commit.ts"
import { GitHub, type Pull } from "./GitHub.ts"
import { pullsOf } from "./our-pull-request.ts"
import { settle } from "./settle.ts"

type Command = Actor.CommandOf<"github.close-pull-request">
type Answer = AnswerTo<"github.close-pull-request">

export const handle = Effect.fn("github.close-pull-request")(
  function* (command: Command) {
    const { target, reason } = command.data
    if (target.provider !== "github") return closed(undefined)
    const pulls = yield* pullsOf(target.repository, command.runId)
    const merged = pulls.find((pull) => pull.merged)
    if (merged !== undefined) return yield* mergedBy(target.repository, merged)

    for (const pull of pulls.filter(({ state }) => state === "open")) {
      const now = yield* close(target.repository, pull, reason)
      if (now.merged) return yield* mergedBy(target.repository, now)
    }
    yield* deleteFixBranch(target.repository, fixBranch(command.runId))
    return closed(pulls[0]?.number)
  },
  (work, command) => settle(command.id)(work),
)

/** Closes one pull request and says why at the top of its text. The answer may tell that it was merged a moment before. */
export const close = Effect.fnUntraced(function* (repository: string, pull: Pull, reason: string) {
  const github = yield* GitHub
  const lookAgain = github.pull(repository, pull.number)
  return yield* createOrAdopt(
    github.closePull(repository, pull.number, closingNote(pull.body, reason)),
    Effect.map(lookAgain, (now) => (now.state === "closed" ? now : undefined)),
  )
})

/** Deletes the run's branch, unless somebody added commits of their own to it. */
export const deleteFixBranch = Effect.fnUntraced(function* (repository: string, branch: string) {
  const github = yield* GitHub
  const head = github.branchHead(repository, branch).pipe(Effect.catchTag("NotFound", () => Effect.succeed(undefined)))
  const sha = yield* head
  if (sha === undefined) return
  const commit = yield* github.commit(repository, sha)
  if (commit.author.email !== author.email) {
    return yield* Effect.logInfo("the branch holds somebody's commit and stays", { branch, commit: sha })
  }
  const isGone = Effect.map(head, (now) => (now === undefined ? true : undefined))
  yield* createOrAdopt(Effect.as(github.deleteBranch(repository, branch), true), isGone).pipe(
    Effect.catchTag("NotFound", () => Effect.void),
  )
})

const mergedBy = Effect.fnUntraced(function* (repository: string, { number }: Pull) {
  const { mergedBy: by } = yield* GitHub.use((github) => github.pull(repository, number))
  const answer: Answer = { type: "pull-request-merged", data: { number, ...(by === undefined ? {} : { by }) } }
  return answer
})

const closed = (number: number | undefined): Answer => ({ type: "pull-request-closed", data: number === undefined ? {} : { number } })

export const layer = Actor.make({ name: "github.close-pull-request", handle, concurrency: 2 })
