/**
 * Opens a pull request into the failing branch with exactly the proven tree in it, or adopts the one that is there.
 *
 * *Consumes* `github.open-pull-request`. *Emits* `pull-request-opened`, `pull-request-merged` where a person was faster than our answer,
 * `branch-moved` (nothing of ours is left then), or `pull-request-refused` with the reason.
 * *Safe to repeat because* branch and commit are functions of the run, what is there is looked up (in any state) before anything is
 * made, nothing is ever forced, and a pull request that a person closed stays closed.
 */

import * as Actor from "@ci-fix-pilot/actor/Actor"
import { crashPoint } from "@ci-fix-pilot/actor/crash-point"
import type { CommandData } from "@ci-fix-pilot/contract/commands"
import type { AnswerTo } from "@ci-fix-pilot/contract/events"
import type { RunId } from "@ci-fix-pilot/contract/ids"
import { fixBranch, isOurBranch } from "@ci-fix-pilot/contract/run-id"
import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import type { Target } from "@ci-fix-pilot/contract/values"
import { Effect } from "effect"
import { ChangesAllowed } from "./ChangesAllowed.ts"
import { changeTwice, createOrAdopt } from "./change-github.ts"
import { fixTitle } from "./fix-commit.ts"
import { GitHub, type Pull } from "./GitHub.ts"
import { asPullRequest, isAtHome, pullsOf, wasMerged } from "./our-pull-request.ts"
import { pullRequestBody } from "./pull-request-body.ts"
import { adoptBranch, headOf, makeCommit, nameBranch } from "./push-fix.ts"
import { settle } from "./settle.ts"
import { withdraw } from "./withdraw.ts"

type Command = Actor.CommandOf<"github.open-pull-request">
type Answer = AnswerTo<"github.open-pull-request">
type Delivery = CommandData<"github.open-pull-request">

/** Open pull requests of ours that one repository is asked to look at, unless the command says. */
const usualMostOpen = 3
const label = "ci-fix-pilot"

export const handle = Effect.fn("github.open-pull-request")(
  function* ({ runId, data }: Command) {
    const no = objection(data, yield* ChangesAllowed)
    if (no !== undefined) return refused(no)
    const { target, mostOpen = usualMostOpen } = data
    const now = yield* Effect.all(
      {
        pulls: Effect.map(pullsOf(target, runId), ({ ours }) => ours),
        gone: lookAtBranch(target),
        branch: Effect.result(adoptBranch(target.repository, runId, data.proof)),
        crowded: isCrowded(target.repository, runId, mostOpen),
      },
      { concurrency: "unbounded" },
    )
    const [newest] = now.pulls
    const merged = now.pulls.find((pull) => pull.merged)
    if (merged !== undefined) return yield* wasMerged(target.repository, merged)
    if (now.gone !== undefined) return yield* letGo(runId, target, now.gone)
    if (newest?.state === "closed") return refused(`pull request ${newest.number} was closed, and stays closed`)

    const head = yield* Effect.fromResult(now.branch)
    if (newest !== undefined && head !== undefined) return yield* finish(runId, target, newest, true)
    if (now.crowded) {
      return refused(`${mostOpen} pull requests of ci-fix-pilot are open in ${target.repository} already; merge or close one first`)
    }
    const commit = head ?? (yield* makeCommit(runId, data))
    yield* crashPoint("github.open-pull-request:commit-made")
    // Pushing runs the project's own workflows: look once more before the branch becomes visible.
    const goneNow = yield* lookAtBranch(target)
    if (goneNow !== undefined) return yield* letGo(runId, target, goneNow)
    if (head === undefined) yield* nameBranch(target, runId, commit, data.proof)
    yield* crashPoint("github.open-pull-request:branch-named")
    const pull = yield* createPull(runId, data)
    yield* crashPoint("github.open-pull-request:pull-created")
    if ("type" in pull) return pull
    if (pull.headSha === commit) return yield* finish(runId, target, pull, false)
    yield* withdraw(target, runId, "its branch holds something else than what was proven.")
    return refused(`pull request ${pull.number} was at ${pull.headSha}, not at the proven ${commit}`)
  },
  (work, command) =>
    work.pipe(
      Effect.catchTag("NotCarriedOver", (error) => Effect.succeed(refused(error.why))),
      settle(command.id),
    ),
)

/** Why nothing may be opened, as far as that can be said without asking. */
const objection = ({ target, proposal, proof }: Delivery, { allowed }: { readonly allowed: boolean }): string | undefined => {
  if (target.provider !== "github") return `${target.provider} takes no pull requests from ci-fix-pilot`
  if (!allowed) return "changes on GitHub are switched off (CI_HEALING_GITHUB_ENABLED=false)"
  if (proof.commitSha !== target.commitSha) return `the proof is about ${proof.commitSha}, not about ${target.commitSha}`
  if (proof.patchSha256 !== proposal.patch.sha256 || sha256Hex(proposal.patch.diff) !== proof.patchSha256) {
    return "the patch is not the one that was proven"
  }
  return undefined
}

/** What became of the failing branch: undefined while it is where it was. */
const lookAtBranch = Effect.fnUntraced(function* (target: Target) {
  const head = yield* headOf(target.repository, target.branch)
  return head === target.commitSha ? undefined : { head }
})

/** The branch moved or is gone: nothing of ours may stay. */
const letGo = Effect.fnUntraced(function* (runId: RunId, target: Target, { head }: { readonly head: string | undefined }) {
  const pull = yield* withdraw(target, runId, "the failing branch has moved, so this fix was not proven for it.")
  if (pull?.merged === true) return yield* wasMerged(target.repository, pull)
  if (head !== undefined) return moved(head)
  const github = yield* GitHub
  const foreign = (one: Pull) => one.headSha === target.commitSha && !isAtHome(one)
  const [fork] = yield* github.openPulls(target.repository, foreign, 1)
  return fork === undefined
    ? moved(undefined)
    : refused(`the failing branch lives in the fork ${fork.headRepository ?? "of somebody"}, where we may not open a pull request`)
})

const isCrowded = Effect.fnUntraced(function* (repository: string, runId: RunId, mostOpen: number) {
  const github = yield* GitHub
  const others = (pull: Pull) => isOurBranch(pull.headRef) && pull.headRef !== fixBranch(runId) && isAtHome(pull)
  return (yield* github.openPulls(repository, others, mostOpen)).length >= mostOpen
})

const createPull = Effect.fnUntraced(function* (runId: RunId, delivery: Delivery) {
  const github = yield* GitHub
  const { target, diagnosis } = delivery
  const text = { title: fixTitle(diagnosis), body: pullRequestBody({ runId, ...delivery }) }
  const newest = Effect.map(pullsOf(target, runId), ({ ours }) => ours[0])
  return yield* createOrAdopt(github.createPull(target.repository, { ...text, head: fixBranch(runId), base: target.branch }), newest).pipe(
    Effect.catchTag("Conflict", (error) => notTaken(runId, target, error.why)),
  )
})

/** GitHub takes no pull request: because the failing branch moved or went in this moment, or for the reason it gives. */
const notTaken = Effect.fnUntraced(function* (runId: RunId, target: Target, why: string) {
  const movedNow = yield* lookAtBranch(target)
  return movedNow === undefined ? refused(`GitHub refused the pull request: ${why}`) : yield* letGo(runId, target, movedNow)
})

/** The last look at the failing branch, and the label. */
const finish = Effect.fnUntraced(function* (runId: RunId, target: Target, pull: Pull, adopted: boolean) {
  const movedNow = yield* lookAtBranch(target)
  if (movedNow !== undefined) return yield* letGo(runId, target, movedNow)
  if (pull.baseRef !== target.branch) return refused(`pull request ${pull.number} goes into ${pull.baseRef} now`)
  const github = yield* GitHub
  if (!pull.labels.includes(label)) {
    yield* changeTwice(github.addLabel(target.repository, pull.number, label)).pipe(
      Effect.catchTags({ Forbidden: noLabel, NotFound: noLabel, Conflict: noLabel, Garbled: noLabel }),
    )
  }
  return opened(pull, adopted)
})

const noLabel = (error: { readonly message: string }) => Effect.logWarning("the pull request has no label", { why: error.message })

const opened = (pull: Pull, adopted: boolean): Answer => ({
  type: "pull-request-opened",
  data: { pullRequest: asPullRequest(pull, adopted) },
})
const moved = (head: string | undefined): Answer => ({ type: "branch-moved", data: head === undefined ? {} : { head } })
const refused = (why: string): Answer => ({ type: "pull-request-refused", data: { why: why.slice(0, 2_000) } })

export const layer = Actor.make({ name: "github.open-pull-request", handle, concurrency: 2 })
