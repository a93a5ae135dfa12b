import { Schema } from "effect"
import { changesBetween, commitIds } from "../git/history.ts"
import { keepPullHead, shareCommits } from "../git/refs.ts"
import { fullName } from "../git/repositories.ts"
import { loginOf } from "../http/access.ts"
import { created, json } from "../http/answer.ts"
import { list } from "../http/pages.ts"
import { invalid, notFound } from "../http/refusal.ts"
import { onRepository, type RepositoryCall, type Route } from "../http/route.ts"
import { commitJson, fileChangeJson } from "../json/commit.ts"
import { pullJson, pullStart, simplePullJson } from "../json/pull.ts"
import type { PullRow } from "../store/rows.ts"
import { announcePull, changePull, closedPull, pullKey, pullsOf } from "../webhooks/pull-events.ts"

/** The pull request in the path. @throws Refusal 404 */
export const pullOf = ({ world, repository, param }: RepositoryCall, name = "pull_number"): PullRow => {
  const pull = world.store.pulls.get(pullKey(repository, Number(param(name))))
  if (pull === undefined) throw notFound()
  return pull
}

const NewPull = Schema.Struct({
  title: Schema.String,
  head: Schema.String,
  base: Schema.String,
  head_repo: Schema.optionalKey(Schema.String),
  body: Schema.optionalKey(Schema.NullOr(Schema.String)),
  draft: Schema.optionalKey(Schema.Boolean),
  maintainer_can_modify: Schema.optionalKey(Schema.Boolean),
})

const field = (name: string) => invalid({ resource: "PullRequest", field: name, code: "invalid" })
const custom = (message: string) => invalid({ resource: "PullRequest", code: "custom", message })

const create = async (call: RepositoryCall) => {
  const { world, repository } = call
  const wanted = await call.body(NewPull)
  const [owner = "", branch = ""] = wanted.head.includes(":") ? wanted.head.split(":") : [repository.owner, wanted.head]
  const from =
    owner === repository.owner
      ? repository
      : world.repositories.byName(`${owner}/${wanted.head_repo?.split("/").at(-1) ?? repository.name}`)
  const path = world.repositories.path(repository)
  const head = from === undefined ? undefined : await world.repositories.tip(from, branch)
  const base = await world.repositories.tip(repository, wanted.base)
  if (from === undefined || head === undefined) throw field("head")
  if (base === undefined) throw field("base")
  if (from !== repository) await shareCommits(path, world.repositories.path(from), head)
  const same = (pull: PullRow) => pull.headRepository === fullName(from) && pull.headRef === branch && pull.baseRef === wanted.base
  const ahead = await commitIds(path, head, { not: base })
  if (ahead.length === 0) throw custom(`No commits between ${wanted.base} and ${branch}`)
  if (pullsOf(world, repository).some((pull) => pull.state === "open" && same(pull))) {
    throw custom(`A pull request already exists for ${owner}:${branch}.`)
  }
  const at = world.now().toISOString()
  const number = world.store.next(`issue ${fullName(repository)}`)
  const row = world.store.pulls.put(pullKey(repository, number), {
    id: 2_000_000 + world.store.next("pull"),
    repository: fullName(repository),
    number,
    title: wanted.title,
    body: wanted.body ?? null,
    state: "open",
    draft: wanted.draft ?? false,
    headRepository: fullName(from),
    headRef: branch,
    headSha: head,
    baseRef: wanted.base,
    baseSha: base,
    user: loginOf(call.caller),
    labels: [],
    createdAt: at,
    updatedAt: at,
    closedAt: null,
    mergedAt: null,
    mergedBy: null,
    mergeCommitSha: null,
  })
  await keepPullHead(path, number, head)
  await announcePull(world, repository, row, "opened", row.user)
  return created(await pullJson(world, repository, row))
}

const all = ({ world, repository, url, query }: RepositoryCall) => {
  const state = query("state") ?? "open"
  const head = query("head")?.toLowerCase()
  const base = query("base")
  const found = pullsOf(world, repository).filter(
    (pull) =>
      (state === "all" || pull.state === state) &&
      (head === undefined || `${pull.headRepository.split("/")[0]}:${pull.headRef}`.toLowerCase() === head) &&
      (base === undefined || pull.baseRef === base),
  )
  const key = (pull: PullRow) => (query("sort") === "updated" ? pull.updatedAt : pull.createdAt)
  const ascending = [...found].sort((a, b) => key(a).localeCompare(key(b)) || a.number - b.number)
  const descending = (query("direction") ?? (query("sort") === undefined || query("sort") === "created" ? "desc" : "asc")) === "desc"
  return list(url, descending ? ascending.reverse() : ascending, (pull) => simplePullJson(world, repository, pull))
}

const PullChange = Schema.Struct({
  title: Schema.optionalKey(Schema.String),
  body: Schema.optionalKey(Schema.NullOr(Schema.String)),
  state: Schema.optionalKey(Schema.Literals(["open", "closed"])),
  base: Schema.optionalKey(Schema.String),
  maintainer_can_modify: Schema.optionalKey(Schema.Boolean),
})

const update = async (call: RepositoryCall) => {
  const { world, repository } = call
  const pull = pullOf(call)
  const change = await call.body(PullChange)
  const by = loginOf(call.caller)
  const base = change.base === undefined ? pull.baseSha : await world.repositories.tip(repository, change.base)
  if (base === undefined) throw field("base")
  const edited = {
    ...pull,
    title: change.title ?? pull.title,
    body: change.body ?? pull.body,
    baseRef: change.base ?? pull.baseRef,
    baseSha: base,
  }
  if (change.state === "closed" && pull.state === "open") {
    return json(await pullJson(world, repository, await changePull(world, repository, closedPull(world, edited), "closed", by)))
  }
  if (change.state === "open" && pull.state === "closed") {
    const head = world.repositories.byName(pull.headRepository)
    const tip = head === undefined ? undefined : await world.repositories.tip(head, pull.headRef)
    if (pull.mergedAt !== null || tip === undefined) throw field("state")
    const reopened = await changePull(world, repository, { ...edited, state: "open", closedAt: null, headSha: tip }, "reopened", by)
    return json(await pullJson(world, repository, reopened))
  }
  return json(await pullJson(world, repository, await changePull(world, repository, edited, "edited", by)))
}

const files = async (call: RepositoryCall) => {
  const { world, repository, url } = call
  const pull = pullOf(call)
  const changes = await changesBetween(world.repositories.path(repository), await pullStart(world, repository, pull), pull.headSha)
  return list(url, changes, (change) => fileChangeJson(world, repository, pull.headSha, change))
}

const commits = async (call: RepositoryCall) => {
  const { world, repository, url } = call
  const pull = pullOf(call)
  const ids = await commitIds(world.repositories.path(repository), pull.headSha, { not: pull.baseSha })
  return list(url, ids.reverse(), async (oid) => {
    const commit = await world.repositories.commit(repository, oid)
    if (commit === undefined) throw notFound()
    return commitJson(world, repository, commit)
  })
}

/** Pull requests but for merging them. */
export const pullRoutes: ReadonlyArray<Route> = [
  onRepository("GET", "/pulls", "read", all),
  onRepository("POST", "/pulls", "write", create),
  onRepository("GET", "/pulls/{pull_number}", "read", async (call) => json(await pullJson(call.world, call.repository, pullOf(call)))),
  onRepository("PATCH", "/pulls/{pull_number}", "write", update),
  onRepository("GET", "/pulls/{pull_number}/files", "read", files),
  onRepository("GET", "/pulls/{pull_number}/commits", "read", commits),
]
