import { fullName } from "../git/repositories.ts"
import { type Caller, permissionOf } from "../http/access.ts"
import type { Json } from "../http/answer.ts"
import type { RepositoryRow } from "../store/rows.ts"
import type { World } from "../world.ts"
import { nodeId, userJson } from "./user.ts"

/** The repository's address in the API. */
export const repositoryUrl = (world: World, repository: RepositoryRow): string => `${world.apiUrl}/repos/${fullName(repository)}`
/** The repository's address for people. */
export const webUrl = (world: World, repository: RepositoryRow): string => `${world.url}/${fullName(repository)}`

const templates: Readonly<Record<string, string>> = {
  archive: "{archive_format}{/ref}",
  assignees: "{/user}",
  blobs: "git/blobs{/sha}",
  branches: "{/branch}",
  collaborators: "{/collaborator}",
  comments: "{/number}",
  commits: "{/sha}",
  compare: "{base}...{head}",
  contents: "{+path}",
  contributors: "",
  deployments: "",
  downloads: "",
  events: "",
  forks: "",
  git_commits: "git/commits{/sha}",
  git_refs: "git/refs{/sha}",
  git_tags: "git/tags{/sha}",
  hooks: "",
  issue_comment: "issues/comments{/number}",
  issue_events: "issues/events{/number}",
  issues: "{/number}",
  keys: "{/key_id}",
  labels: "{/name}",
  languages: "",
  merges: "",
  milestones: "{/number}",
  notifications: "{?since,all,participating}",
  pulls: "{/number}",
  releases: "{/id}",
  stargazers: "",
  statuses: "{/sha}",
  subscribers: "",
  subscription: "",
  tags: "",
  teams: "",
  trees: "git/trees{/sha}",
}

const urls = (base: string): Json =>
  Object.fromEntries(
    Object.entries(templates).map(([name, rest]) => {
      const tail =
        rest.startsWith("git/") || rest.startsWith("issues/") ? rest : `${name}${/^[{](archive|base|\+)/u.test(rest) ? "/" : ""}${rest}`
      return [`${name}_url`, `${base}/${tail}`]
    }),
  )

/** GitHub's "minimal repository", which runs and checks carry. */
export const minimalRepositoryJson = (world: World, repository: RepositoryRow): Json => {
  const url = repositoryUrl(world, repository)
  return {
    id: repository.id,
    node_id: nodeId("R", repository.id),
    name: repository.name,
    full_name: fullName(repository),
    private: repository.private,
    owner: userJson(world, repository.owner),
    html_url: webUrl(world, repository),
    description: null,
    fork: repository.parent !== null,
    url,
    ...urls(url),
  }
}

const extras = {
  homepage: null,
  language: null,
  size: 0,
  forks: 0,
  forks_count: 0,
  stargazers_count: 0,
  watchers: 0,
  watchers_count: 0,
  open_issues: 0,
  open_issues_count: 0,
  has_issues: true,
  has_projects: false,
  has_wiki: false,
  has_pages: false,
  has_downloads: false,
  has_discussions: false,
  archived: false,
  disabled: false,
  mirror_url: null,
  license: null,
  topics: [],
  is_template: false,
  allow_forking: true,
  web_commit_signoff_required: false,
  allow_merge_commit: true,
  allow_squash_merge: true,
  allow_rebase_merge: true,
  allow_auto_merge: false,
  delete_branch_on_merge: false,
}

/** GitHub's "repository", which pull requests and webhooks carry. */
export const repositoryJson = (world: World, repository: RepositoryRow): Json => ({
  ...minimalRepositoryJson(world, repository),
  ...extras,
  visibility: repository.private ? "private" : "public",
  default_branch: repository.defaultBranch,
  clone_url: `${webUrl(world, repository)}.git`,
  svn_url: webUrl(world, repository),
  git_url: `${webUrl(world, repository)}.git`,
  ssh_url: `git@${new URL(world.url).hostname}:${fullName(repository)}.git`,
  created_at: repository.createdAt,
  updated_at: repository.pushedAt,
  pushed_at: repository.pushedAt,
})

/** GitHub's "full repository", with what the caller may do in it. */
export const fullRepositoryJson = (world: World, repository: RepositoryRow, caller: Caller): Json => {
  const own = caller.kind === "person" ? (caller.everything ? "admin" : permissionOf(caller.login, repository)) : "write"
  const parent = repository.parent === null ? undefined : world.repositories.byName(repository.parent)
  return {
    ...repositoryJson(world, repository),
    network_count: 0,
    subscribers_count: 0,
    ...(caller.kind === "anonymous"
      ? {}
      : {
          permissions: {
            admin: own === "admin",
            maintain: own === "admin",
            push: own === "admin" || own === "write",
            triage: own !== "read",
            pull: true,
          },
        }),
    ...(parent === undefined ? {} : { parent: repositoryJson(world, parent), source: repositoryJson(world, parent) }),
  }
}
