import { Schema } from "effect"
import { writeMerge } from "../git/merge.ts"
import { moveRef } from "../git/refs.ts"
import { loginOf } from "../http/access.ts"
import { json, noContent } from "../http/answer.ts"
import { conflict, notFound, Refusal } from "../http/refusal.ts"
import { onRepository, type RepositoryCall, type Route } from "../http/route.ts"
import { changePull, closedPull } from "../webhooks/pull-events.ts"
import { refMoved } from "../webhooks/ref-moved.ts"
import { pullOf } from "./pulls.ts"

const Merge = Schema.Struct({
  sha: Schema.optionalKey(Schema.String),
  merge_method: Schema.optionalKey(Schema.Literals(["merge", "squash", "rebase"])),
  commit_title: Schema.optionalKey(Schema.String),
  commit_message: Schema.optionalKey(Schema.String),
})

const notMergeable = () => new Refusal({ status: 405, message: "Pull Request is not mergeable" })

const merge = async (call: RepositoryCall) => {
  const { world, repository } = call
  const pull = pullOf(call)
  const wanted = await call.body(Merge)
  const path = world.repositories.path(repository)
  const base = await world.repositories.tip(repository, pull.baseRef)
  if (pull.state === "closed" || pull.draft || base === undefined) throw notMergeable()
  if (wanted.sha !== undefined && wanted.sha !== pull.headSha) throw conflict("Head branch was modified. Review and try the merge again.")
  const login = loginOf(call.caller)
  const by = { name: login, email: `${login}@users.noreply.github.com`, date: world.now().toISOString() }
  const method = wanted.merge_method ?? "merge"
  const title =
    wanted.commit_title ??
    (method === "squash"
      ? `${pull.title} (#${pull.number})`
      : `Merge pull request #${pull.number} from ${pull.headRepository.split("/")[0]}/${pull.headRef}`)
  const message = [title, wanted.commit_message ?? (method === "squash" ? "" : pull.title)].filter((part) => part !== "").join("\n\n")
  const sha = await writeMerge(world.repositories, repository, { base, head: pull.headSha, method, message, by })
  if (sha === undefined) throw notMergeable()
  const ref = `refs/heads/${pull.baseRef}`
  if (!(await moveRef(path, ref, sha, base))) throw conflict("Base branch was modified. Review and try the merge again.")
  const merged = { ...closedPull(world, pull), mergedAt: world.now().toISOString(), mergedBy: login, mergeCommitSha: sha }
  await changePull(world, repository, merged, "closed", login)
  await refMoved(world, repository, { ref, before: base, after: sha, by: login })
  return json({ sha, merged: true, message: "Pull Request successfully merged" })
}

const isMerged = (call: RepositoryCall) => {
  if (pullOf(call).mergedAt === null) throw notFound()
  return noContent()
}

/** Merging a pull request, and asking whether it was. */
export const mergeRoutes: ReadonlyArray<Route> = [
  onRepository("PUT", "/pulls/{pull_number}/merge", "write", merge),
  onRepository("GET", "/pulls/{pull_number}/merge", "read", isMerged),
]
