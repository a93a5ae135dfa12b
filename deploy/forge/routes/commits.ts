import type { Commit } from "../git/commits.ts"
import { changesBetween, commitIds, emptyTree } from "../git/history.ts"
import { mergeBase } from "../git/refs.ts"
import { json } from "../http/answer.ts"
import { list, pageOf } from "../http/pages.ts"
import { notFound, Refusal, unprocessable } from "../http/refusal.ts"
import { onRepository, type RepositoryCall, type Route } from "../http/route.ts"
import { commitJson, fileChangeJson } from "../json/commit.ts"
import { repositoryUrl, webUrl } from "../json/repository.ts"

const render =
  ({ world, repository }: RepositoryCall) =>
  async (oid: string) => {
    const commit = await world.repositories.commit(repository, oid)
    if (commit === undefined) throw notFound()
    return commitJson(world, repository, commit)
  }

/** The commit a client names, as the commits API finds it. @throws Refusal 404 without such a branch, 422 for another name */
const named = async ({ world, repository }: RepositoryCall, name: string): Promise<Commit> => {
  const commit = await world.repositories.commit(repository, name)
  if (commit === undefined) throw unprocessable(`No commit found for SHA: ${name}`)
  return commit
}

const all = async (call: RepositoryCall) => {
  const { world, repository, url, query } = call
  const start = await world.repositories.commit(repository, query("sha") ?? repository.defaultBranch)
  if (start === undefined) throw notFound()
  const path = query("path")
  const ids = await commitIds(world.repositories.path(repository), start.oid, path === undefined ? {} : { path })
  return list(url, ids, render(call))
}

const one = async (call: RepositoryCall) => {
  const { world, repository } = call
  const commit = await named(call, call.param("ref"))
  if (call.request.headers.get("accept")?.includes("sha"))
    return new Response(commit.oid, { headers: { "content-type": "application/vnd.github.sha" } })
  const changes = await changesBetween(world.repositories.path(repository), commit.parents[0] ?? emptyTree, commit.oid)
  const additions = changes.reduce((sum, change) => sum + change.additions, 0)
  const deletions = changes.reduce((sum, change) => sum + change.deletions, 0)
  const page = pageOf(call.url, changes)
  return json(
    {
      ...commitJson(world, repository, commit),
      stats: { additions, deletions, total: additions + deletions },
      files: page.items.map((change) => fileChangeJson(world, repository, commit.oid, change)),
    },
    200,
    page.headers,
  )
}

const word = (ahead: number, behind: number) =>
  ahead > 0 && behind > 0 ? "diverged" : ahead > 0 ? "ahead" : behind > 0 ? "behind" : "identical"

const compare = async (call: RepositoryCall) => {
  const { world, repository } = call
  const path = world.repositories.path(repository)
  const [from = "", to = ""] = call
    .param("basehead")
    .split("...")
    .map((name) => name.replace(/^[^:/]+:/u, ""))
  const [base, head] = await Promise.all([world.repositories.commit(repository, from), world.repositories.commit(repository, to)])
  if (base === undefined || head === undefined) throw notFound()
  const common = await mergeBase(path, base.oid, head.oid)
  if (common === undefined) throw new Refusal({ status: 404, message: `No common ancestor between ${from} and ${to}.` })
  const [ahead, behind, changes, shared] = await Promise.all([
    commitIds(path, head.oid, { not: base.oid }),
    commitIds(path, base.oid, { not: head.oid }),
    changesBetween(path, common, head.oid),
    named(call, common),
  ])
  const page = pageOf(call.url, [...ahead].reverse())
  const url = `${repositoryUrl(world, repository)}/compare/${from}...${to}`
  const html = `${webUrl(world, repository)}/compare/${from}...${to}`
  return json(
    {
      url,
      html_url: html,
      permalink_url: html,
      diff_url: `${html}.diff`,
      patch_url: `${html}.patch`,
      base_commit: commitJson(world, repository, base),
      merge_base_commit: commitJson(world, repository, shared),
      status: word(ahead.length, behind.length),
      ahead_by: ahead.length,
      behind_by: behind.length,
      total_commits: ahead.length,
      commits: await Promise.all(page.items.map(render(call))),
      files: changes.slice(0, 300).map((change) => fileChangeJson(world, repository, head.oid, change)),
    },
    200,
    page.headers,
  )
}

/** Commits and comparisons. */
export const commitRoutes: ReadonlyArray<Route> = [
  onRepository("GET", "/commits", "read", all),
  onRepository("GET", "/commits/{ref}", "read", one),
  onRepository("GET", "/compare/{basehead}", "read", compare),
]
