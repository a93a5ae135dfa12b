import { changesBetween, commitIds } from "../git/history.ts"
import { mergedTree } from "../git/merge.ts"
import { mergeBase } from "../git/refs.ts"
import { fullName } from "../git/repositories.ts"
import type { Json } from "../http/answer.ts"
import type { PullRow, RepositoryRow } from "../store/rows.ts"
import type { World } from "../world.ts"
import { repositoryJson, repositoryUrl, webUrl } from "./repository.ts"
import { nodeId, numberOf, userJson } from "./user.ts"

/** A label; all have the same colour. */
export const labelJson = (world: World, repository: RepositoryRow, name: string): Json => ({
  id: numberOf(`label ${name}`),
  node_id: nodeId("LA", `${repository.id}:${name}`),
  url: `${repositoryUrl(world, repository)}/labels/${encodeURIComponent(name)}`,
  name,
  color: "ededed",
  default: false,
  description: "",
})

/** How the repository knows a login, in GitHub's words. */
export const associationOf = (repository: RepositoryRow, login: string): string =>
  login === repository.owner ? "OWNER" : (repository.people[login]?.association ?? (login.endsWith("[bot]") ? "CONTRIBUTOR" : "NONE"))

const side = (world: World, name: string, ref: string, sha: string): Json => {
  const repository = world.repositories.byName(name)
  const owner = name.split("/")[0] ?? ""
  return {
    label: `${owner}:${ref}`,
    ref,
    sha,
    user: userJson(world, owner),
    repo: repository === undefined ? null : repositoryJson(world, repository),
  }
}

/** A pull request as lists give it. */
export const simplePullJson = (world: World, repository: RepositoryRow, pull: PullRow): Json => {
  const url = `${repositoryUrl(world, repository)}/pulls/${pull.number}`
  const issue = `${repositoryUrl(world, repository)}/issues/${pull.number}`
  const html = `${webUrl(world, repository)}/pull/${pull.number}`
  const statuses = `${repositoryUrl(world, repository)}/statuses/${pull.headSha}`
  return {
    url,
    id: pull.id,
    node_id: nodeId("PR", pull.id),
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issue,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${repositoryUrl(world, repository)}/pulls/comments{/number}`,
    comments_url: `${issue}/comments`,
    statuses_url: statuses,
    number: pull.number,
    state: pull.state,
    locked: false,
    title: pull.title,
    user: userJson(world, pull.user),
    body: pull.body,
    labels: pull.labels.map((name) => labelJson(world, repository, name)),
    milestone: null,
    active_lock_reason: null,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeCommitSha,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    head: side(world, pull.headRepository, pull.headRef, pull.headSha),
    base: side(world, fullName(repository), pull.baseRef, pull.baseSha),
    author_association: associationOf(repository, pull.user),
    auto_merge: null,
    draft: pull.draft,
    _links: {
      self: { href: url },
      html: { href: html },
      issue: { href: issue },
      comments: { href: `${issue}/comments` },
      review_comments: { href: `${url}/comments` },
      review_comment: { href: `${repositoryUrl(world, repository)}/pulls/comments{/number}` },
      commits: { href: `${url}/commits` },
      statuses: { href: statuses },
    },
  }
}

/** Where the pull request's changes begin: the newest commit its head and base share. */
export const pullStart = async (world: World, repository: RepositoryRow, pull: PullRow): Promise<string> =>
  (await mergeBase(world.repositories.path(repository), pull.baseSha, pull.headSha)) ?? pull.baseSha

const mergeability = async (world: World, repository: RepositoryRow, pull: PullRow): Promise<Json> => {
  if (pull.state === "closed") return { mergeable: null, mergeable_state: "unknown" }
  const tip = (await world.repositories.tip(repository, pull.baseRef)) ?? pull.baseSha
  const clean = (await mergedTree(world.repositories, repository, tip, pull.headSha)) !== undefined
  return { mergeable: clean, mergeable_state: clean ? "clean" : "dirty", rebaseable: clean }
}

/** A pull request with everything, as asking for one gives it. */
export const pullJson = async (world: World, repository: RepositoryRow, pull: PullRow): Promise<Json> => {
  const path = world.repositories.path(repository)
  const [merge, changes, commits] = await Promise.all([
    mergeability(world, repository, pull),
    pullStart(world, repository, pull).then((start) => changesBetween(path, start, pull.headSha)),
    commitIds(path, pull.headSha, { not: pull.baseSha }),
  ])
  return {
    ...simplePullJson(world, repository, pull),
    ...merge,
    merged: pull.mergedAt !== null,
    merged_by: pull.mergedBy === null ? null : userJson(world, pull.mergedBy),
    comments: world.store.comments.all().filter((comment) => comment.repository === pull.repository && comment.issue === pull.number)
      .length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: commits.length,
    additions: changes.reduce((sum, change) => sum + change.additions, 0),
    deletions: changes.reduce((sum, change) => sum + change.deletions, 0),
    changed_files: changes.length,
  }
}
