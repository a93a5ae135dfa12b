import type { RepositoryRow } from "../store/rows.ts"
import { type Signature, writeCommit } from "./commits.ts"
import { commitIds } from "./history.ts"
import { mergeBase } from "./refs.ts"
import { remembered } from "./remembered.ts"
import type { Repositories } from "./repositories.ts"
import { tryGit } from "./run-git.ts"

/** The tree that merging `theirs` into `ours` gives, undefined when they conflict. Needs git 2.38 unless `ours` is behind `theirs`. */
export const mergedTree = async (
  repositories: Repositories,
  repository: RepositoryRow,
  ours: string,
  theirs: string,
): Promise<string | undefined> => {
  const path = repositories.path(repository)
  const base = await mergeBase(path, ours, theirs)
  if (base === ours) return (await repositories.commit(repository, theirs))?.tree
  return threeWay(path, ours, theirs)
}

const threeWay = remembered(async (path: string, ours: string, theirs: string): Promise<string | undefined> => {
  const out = await tryGit(path, ["merge-tree", "--write-tree", "--no-messages", ours, theirs])
  return out?.split("\n")[0]
})

/** GitHub's three ways to merge. */
export type MergeMethod = "merge" | "squash" | "rebase"

/** Writes the commit (or commits) that merge `head` into `base`, without moving any ref. Undefined when they conflict. */
export const writeMerge = async (
  repositories: Repositories,
  repository: RepositoryRow,
  options: { readonly base: string; readonly head: string; readonly method: MergeMethod; readonly message: string; readonly by: Signature },
): Promise<string | undefined> => {
  const { base, head, method, message, by } = options
  const path = repositories.path(repository)
  if (method !== "rebase") {
    const tree = await mergedTree(repositories, repository, base, head)
    if (tree === undefined) return undefined
    return writeCommit(path, { tree, parents: method === "merge" ? [base, head] : [base], author: by, committer: by, message })
  }
  let tip = base
  for (const oid of (await commitIds(path, head, { not: base })).reverse()) {
    const commit = await repositories.commit(repository, oid)
    const tree = await mergedTree(repositories, repository, tip, oid)
    if (commit === undefined || tree === undefined) return undefined
    tip = writeCommit(path, { ...commit, tree, parents: [tip], committer: by })
  }
  return tip
}
