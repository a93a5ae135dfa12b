import { Schema } from "effect"
import { fullName } from "../git/repositories.ts"
import { loginOf } from "../http/access.ts"
import { created, type Json, json } from "../http/answer.ts"
import { list } from "../http/pages.ts"
import { notFound } from "../http/refusal.ts"
import { onRepository, type RepositoryCall, type Route } from "../http/route.ts"
import { associationOf, labelJson } from "../json/pull.ts"
import { repositoryUrl, webUrl } from "../json/repository.ts"
import { nodeId, userJson } from "../json/user.ts"
import type { CommentRow } from "../store/rows.ts"
import { changePull } from "../webhooks/pull-events.ts"
import { pullOf } from "./pulls.ts"

const Name = Schema.Union([Schema.String, Schema.Struct({ name: Schema.String })])
const Labels = Schema.Union([Schema.Struct({ labels: Schema.Array(Name) }), Schema.Array(Name)])

const addLabels = async (call: RepositoryCall) => {
  const { world, repository } = call
  const pull = pullOf(call, "issue_number")
  const body = await call.body(Labels)
  const wanted = ("labels" in body ? body.labels : body).map((label) => (typeof label === "string" ? label : label.name))
  const fresh = wanted.filter((name, index) => !pull.labels.includes(name) && wanted.indexOf(name) === index)
  const labels = [...pull.labels, ...fresh]
  const first = fresh[0]
  if (first !== undefined)
    await changePull(world, repository, { ...pull, labels }, "labeled", loginOf(call.caller), {
      label: labelJson(world, repository, first),
    })
  return json(labels.map((name) => labelJson(world, repository, name)))
}

const commentJson = ({ world, repository }: RepositoryCall, comment: CommentRow): Json => {
  const issue = `${repositoryUrl(world, repository)}/issues/${comment.issue}`
  return {
    id: comment.id,
    node_id: nodeId("IC", comment.id),
    url: `${repositoryUrl(world, repository)}/issues/comments/${comment.id}`,
    html_url: `${webUrl(world, repository)}/pull/${comment.issue}#issuecomment-${comment.id}`,
    issue_url: issue,
    body: comment.body,
    user: userJson(world, comment.user),
    created_at: comment.createdAt,
    updated_at: comment.createdAt,
    author_association: associationOf(repository, comment.user),
  }
}

const NewComment = Schema.Struct({ body: Schema.String })

const addComment = async (call: RepositoryCall) => {
  const { world, repository } = call
  const pull = pullOf(call, "issue_number")
  const { body } = await call.body(NewComment)
  const id = 3_000_000 + world.store.next("comment")
  const comment = world.store.comments.put(String(id), {
    id,
    repository: fullName(repository),
    issue: pull.number,
    user: loginOf(call.caller),
    body,
    createdAt: world.now().toISOString(),
  })
  return created(commentJson(call, comment))
}

const comments = (call: RepositoryCall) => {
  const pull = pullOf(call, "issue_number")
  const own = call.world.store.comments.all().filter((one) => one.repository === pull.repository && one.issue === pull.number)
  return list(call.url, own, (comment) => commentJson(call, comment))
}

const labels = (call: RepositoryCall) =>
  list(call.url, pullOf(call, "issue_number").labels, (name) => labelJson(call.world, call.repository, name))

const removeLabel = async (call: RepositoryCall) => {
  const { world, repository } = call
  const pull = pullOf(call, "issue_number")
  if (!pull.labels.includes(call.param("name"))) throw notFound()
  const left = pull.labels.filter((name) => name !== call.param("name"))
  await changePull(world, repository, { ...pull, labels: left }, "edited", loginOf(call.caller))
  return json(left.map((name) => labelJson(world, repository, name)))
}

/** The part of GitHub's issues that pull requests use. */
export const issueRoutes: ReadonlyArray<Route> = [
  onRepository("GET", "/issues/{issue_number}/labels", "read", labels),
  onRepository("POST", "/issues/{issue_number}/labels", "write", addLabels),
  onRepository("DELETE", "/issues/{issue_number}/labels/{name}", "write", removeLabel),
  onRepository("GET", "/issues/{issue_number}/comments", "read", comments),
  onRepository("POST", "/issues/{issue_number}/comments", "read", addComment),
]
