import type { RepositoryRow } from "../store/rows.ts"
import type { Signature } from "./commits.ts"
import { writeCommit } from "./commits.ts"
import { writeObject } from "./object-writer.ts"
import { moveRef, zero } from "./refs.ts"
import type { Repositories } from "./repositories.ts"
import { changeTree, entryAt } from "./trees.ts"

/** What to commit, and where. */
export interface Push {
  readonly branch: string
  /** Where the branch starts when it does not exist yet; the default branch if not told. */
  readonly from?: string
  /** What files contain from now on; null deletes one. */
  readonly files: Readonly<Record<string, string | null>>
  readonly message: string
  readonly author?: Signature
}

/** Commits files to a branch (which is made when needed), as a developer's push would. Gives where the branch was and is. */
export const commitFiles = async (
  repositories: Repositories,
  repository: RepositoryRow,
  push: Push,
  author: Signature,
): Promise<{ readonly ref: string; readonly before: string; readonly after: string }> => {
  const path = repositories.path(repository)
  const ref = `refs/heads/${push.branch}`
  const tip = await repositories.commit(repository, ref)
  const parent = tip ?? (await repositories.commit(repository, push.from ?? repository.defaultBranch))
  if (parent === undefined) throw new Error(`there is no ${push.from ?? repository.defaultBranch} to start ${push.branch} from`)
  const reader = repositories.reader(repository)
  const tree = await changeTree(
    reader,
    path,
    parent.tree,
    await Promise.all(
      Object.entries(push.files).map(async ([file, content]) => ({
        path: file,
        mode: (await entryAt(reader, parent.tree, file))?.mode ?? "100644",
        oid: content === null ? null : writeObject(path, "blob", Buffer.from(content)),
      })),
    ),
  )
  const after = writeCommit(path, { tree, parents: [parent.oid], author, committer: author, message: push.message })
  const before = tip?.oid ?? zero
  if (!(await moveRef(path, ref, after, before))) throw new Error(`${push.branch} moved while it was pushed to`)
  return { ref, before, after }
}
