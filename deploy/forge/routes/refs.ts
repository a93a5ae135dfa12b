import { Schema } from "effect"
import { isRefName } from "../git/commits.ts"
import { isAncestor, listRefs, moveRef, type Ref, zero } from "../git/refs.ts"
import { loginOf } from "../http/access.ts"
import { created, type Json, json, noContent } from "../http/answer.ts"
import { list } from "../http/pages.ts"
import { notFound, unprocessable } from "../http/refusal.ts"
import { onRepository, type RepositoryCall, type Route } from "../http/route.ts"
import { repositoryUrl } from "../json/repository.ts"
import { nodeId } from "../json/user.ts"
import { refMoved } from "../webhooks/ref-moved.ts"

const refJson = ({ world, repository }: RepositoryCall, ref: Ref): Json => {
  const url = repositoryUrl(world, repository)
  return {
    ref: ref.name,
    node_id: nodeId("REF", `${repository.id}:${ref.name}`),
    url: `${url}/git/${ref.name}`,
    object: { sha: ref.oid, type: ref.type, url: `${url}/git/${ref.type}s/${ref.oid}` },
  }
}

const find = async ({ world, repository }: RepositoryCall, name: string): Promise<Ref | undefined> => {
  const full = `refs/${name.replace(/^refs\//u, "")}`
  if (!isRefName(full)) return undefined
  const found = await world.repositories.reader(repository).read(full)
  return found === undefined ? undefined : { name: full, oid: found.oid, type: found.type }
}

const NewRef = Schema.Struct({ ref: Schema.String, sha: Schema.String })

const create = async (call: RepositoryCall) => {
  const { world, repository } = call
  const { ref, sha } = await call.body(NewRef)
  if (!/^refs\/[^/]+\/.+/u.test(ref) || !isRefName(ref)) throw unprocessable("Reference name must start with 'refs/' and be well-formed")
  const target = await world.repositories.reader(repository).read(sha)
  if (target === undefined || target.oid !== sha) throw unprocessable("Object does not exist")
  const moved = await moveRef(world.repositories.path(repository), ref, sha, zero)
  if (!moved) throw unprocessable((await find(call, ref)) === undefined ? "Reference cannot be created" : "Reference already exists")
  await refMoved(world, repository, { ref, before: zero, after: sha, by: loginOf(call.caller) })
  return created(refJson(call, { name: ref, oid: sha, type: target.type }))
}

const RefChange = Schema.Struct({ sha: Schema.String, force: Schema.optionalKey(Schema.Boolean) })

const update = async (call: RepositoryCall) => {
  const { world, repository } = call
  const { sha, force } = await call.body(RefChange)
  const path = world.repositories.path(repository)
  const current = await find(call, call.param("ref"))
  if (current === undefined) throw unprocessable("Reference does not exist")
  const target = await world.repositories.reader(repository).read(sha)
  if (target === undefined || target.oid !== sha) throw unprocessable("Object does not exist")
  if (force !== true && !(await isAncestor(path, current.oid, sha))) throw unprocessable("Update is not a fast forward")
  if (!(await moveRef(path, current.name, sha, current.oid))) throw unprocessable("Reference cannot be updated")
  await refMoved(world, repository, { ref: current.name, before: current.oid, after: sha, by: loginOf(call.caller) })
  return json(refJson(call, { ...current, oid: sha }))
}

const remove = async (call: RepositoryCall) => {
  const { world, repository } = call
  const current = await find(call, call.param("ref"))
  if (current === undefined) throw unprocessable("Reference does not exist")
  if (current.name === `refs/heads/${repository.defaultBranch}`) throw unprocessable("Cannot delete the default branch")
  await moveRef(world.repositories.path(repository), current.name, zero, current.oid)
  await refMoved(world, repository, { ref: current.name, before: current.oid, after: zero, by: loginOf(call.caller) })
  return noContent()
}

const get = async (call: RepositoryCall) => {
  const found = await find(call, call.param("ref"))
  if (found === undefined) throw notFound()
  return json(refJson(call, found))
}

const matching = async (call: RepositoryCall) => {
  const prefix = `refs/${call.param("ref").replace(/^refs\//u, "")}`
  const refs = await listRefs(call.world.repositories.path(call.repository), prefix)
  return list(call.url, refs, (ref) => refJson(call, ref))
}

/** Reading and moving refs; every move is told to the pull requests and webhooks that depend on it. */
export const refRoutes: ReadonlyArray<Route> = [
  onRepository("GET", "/git/ref/{ref}", "read", get),
  onRepository("GET", "/git/matching-refs/{ref}", "read", matching),
  onRepository("POST", "/git/refs", "write", create),
  onRepository("PATCH", "/git/refs/{ref}", "write", update),
  onRepository("DELETE", "/git/refs/{ref}", "write", remove),
]
