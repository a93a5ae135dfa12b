import type { Commit } from "../git/commits.ts"
import type { FileChange } from "../git/history.ts"
import type { Json } from "../http/answer.ts"
import type { RepositoryRow } from "../store/rows.ts"
import type { World } from "../world.ts"
import { repositoryUrl, webUrl } from "./repository.ts"
import { nodeId, userOfEmail } from "./user.ts"

const unsigned = { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null }

/** A commit as the Git Data API gives it. */
export const gitCommitJson = (world: World, repository: RepositoryRow, commit: Commit): Json => {
  const api = repositoryUrl(world, repository)
  const web = webUrl(world, repository)
  return {
    sha: commit.oid,
    node_id: nodeId("C", commit.oid),
    url: `${api}/git/commits/${commit.oid}`,
    html_url: `${web}/commit/${commit.oid}`,
    author: commit.author,
    committer: commit.committer,
    tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
    message: commit.message,
    parents: commit.parents.map((sha) => ({ sha, url: `${api}/git/commits/${sha}`, html_url: `${web}/commit/${sha}` })),
    verification: unsigned,
  }
}

/** A commit as the commits API gives it: with the accounts behind its addresses. */
export const commitJson = (world: World, repository: RepositoryRow, commit: Commit): Json => {
  const api = repositoryUrl(world, repository)
  const web = webUrl(world, repository)
  return {
    sha: commit.oid,
    node_id: nodeId("C", commit.oid),
    commit: {
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
      url: `${api}/git/commits/${commit.oid}`,
      comment_count: 0,
      verification: unsigned,
    },
    url: `${api}/commits/${commit.oid}`,
    html_url: `${web}/commit/${commit.oid}`,
    comments_url: `${api}/commits/${commit.oid}/comments`,
    author: userOfEmail(world, commit.author.email),
    committer: userOfEmail(world, commit.committer.email),
    parents: commit.parents.map((sha) => ({ sha, url: `${api}/commits/${sha}`, html_url: `${web}/commit/${sha}` })),
  }
}

/** The short form that runs and check suites carry. */
export const simpleCommitJson = (commit: Commit): Json => ({
  id: commit.oid,
  tree_id: commit.tree,
  message: commit.message,
  timestamp: commit.committer.date,
  author: { name: commit.author.name, email: commit.author.email },
  committer: { name: commit.committer.name, email: commit.committer.email },
})

/** A changed file, as commits, comparisons and pull requests list it. */
export const fileChangeJson = (world: World, repository: RepositoryRow, sha: string, change: FileChange): Json => {
  const path = change.path.split("/").map(encodeURIComponent).join("/")
  return {
    sha: change.status === "removed" ? null : change.oid,
    filename: change.path,
    ...(change.previous === null ? {} : { previous_filename: change.previous }),
    status: change.status,
    additions: change.additions,
    deletions: change.deletions,
    changes: change.additions + change.deletions,
    blob_url: `${webUrl(world, repository)}/blob/${sha}/${path}`,
    raw_url: `${webUrl(world, repository)}/raw/${sha}/${path}`,
    contents_url: `${repositoryUrl(world, repository)}/contents/${path}?ref=${sha}`,
    ...(change.patch === undefined ? {} : { patch: change.patch }),
  }
}
