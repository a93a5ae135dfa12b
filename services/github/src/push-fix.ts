import type { CommandData } from "@ci-fix-pilot/contract/commands"
import type { CommitSha, RunId } from "@ci-fix-pilot/contract/ids"
import { fixBranch } from "@ci-fix-pilot/contract/run-id"
import type { Proof, Target } from "@ci-fix-pilot/contract/values"
import { Effect } from "effect"
import { changeTwice, createOrAdopt } from "./change-github.ts"
import { fixCommit } from "./fix-commit.ts"
import { type Commit, GitHub } from "./GitHub.ts"
import { NotCarriedOver, treeChanges } from "./tree-changes.ts"

/** Whether a commit holds exactly what was proven, on the commit it was proven on. */
const isProven = (commit: Commit, { commitSha, treeSha }: Proof): boolean =>
  commit.treeSha === treeSha && commit.parents.length === 1 && commit.parents[0] === commitSha

/** The head of a branch; undefined when there is no such branch. */
export const headOf = (repository: string, branch: string) =>
  GitHub.use((github) => github.branchHead(repository, branch)).pipe(Effect.catchTag("NotFound", () => Effect.succeed(undefined)))

/**
 * Makes the proven tree into a commit through the Git Data API; nothing is visible before a branch names it. Author, dates and message
 * are functions of the run, so that repeating gives the same commit. Fails with NotCarriedOver when GitHub's tree is not the proven one.
 */
export const makeCommit = Effect.fn("makeCommit")(function* (runId: RunId, delivery: CommandData<"github.open-pull-request">) {
  const github = yield* GitHub
  const { target, diagnosis, proposal, proof } = delivery
  const failing = yield* github.commit(target.repository, target.commitSha)
  const changes = yield* treeChanges(target.repository, failing.treeSha, proposal.patch)
  const tree = yield* changeTwice(github.createTree(target.repository, failing.treeSha, changes))
  if (tree !== proof.treeSha) {
    return yield* new NotCarriedOver({ why: `on GitHub the patch gives the tree ${tree}, but ${proof.treeSha} was proven` })
  }
  const { message, author } = fixCommit({ runId, target, diagnosis, proof, committedAt: failing.committer.date })
  return yield* changeTwice(github.createCommit(target.repository, { message, tree, parent: target.commitSha, author }))
})

/**
 * Names the commit by the run's branch, or adopts the branch when it is there with the proven content. Never forced: a branch with
 * anything else in it fails with NotCarriedOver.
 */
export const nameBranch = Effect.fn("nameBranch")(function* (target: Target, runId: RunId, sha: CommitSha, proof: Proof) {
  const github = yield* GitHub
  const branch = fixBranch(runId)
  const adopt = adoptBranch(target.repository, runId, proof)
  return yield* createOrAdopt(Effect.as(github.createBranch(target.repository, branch, sha), sha), adopt).pipe(
    Effect.catchTag("Conflict", (error) => Effect.fail(new NotCarriedOver({ why: `GitHub refused the branch ${branch}: ${error.why}` }))),
  )
})

/** The commit that the run's branch is at, if there is a branch. Fails with NotCarriedOver when it is not what was proven. */
export const adoptBranch = Effect.fn("adoptBranch")(function* (repository: string, runId: RunId, proof: Proof) {
  const branch = fixBranch(runId)
  const head = yield* headOf(repository, branch)
  if (head === undefined) return undefined
  const commit = yield* GitHub.use((github) => github.commit(repository, head))
  if (isProven(commit, proof)) return head
  return yield* new NotCarriedOver({ why: `the branch ${branch} is at ${head}, which is not what was proven` })
})
