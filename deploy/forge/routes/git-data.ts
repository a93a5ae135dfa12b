import { Schema } from "effect"
import { parseCommit, writeCommit } from "../git/commits.ts"
import { writeObject } from "../git/object-writer.ts"
import { changeTree, typeOfMode, walkTree } from "../git/trees.ts"
import { loginOf } from "../http/access.ts"
import { created, type Json, json } from "../http/answer.ts"
import { notFound, unprocessable } from "../http/refusal.ts"
import { onRepository, type RepositoryCall, type Route } from "../http/route.ts"
import { gitCommitJson } from "../json/commit.ts"
import { repositoryUrl } from "../json/repository.ts"
import { nodeId } from "../json/user.ts"

const object = async ({ world, repository }: RepositoryCall, oid: string, type: string) => {
  const found = /^[0-9a-f]{40}$/u.test(oid) ? await world.repositories.reader(repository).read(oid) : undefined
  return found?.type === type ? found : undefined
}

const NewBlob = Schema.Struct({ content: Schema.String, encoding: Schema.optionalKey(Schema.String) })

const createBlob = async (call: RepositoryCall) => {
  const { content, encoding = "utf-8" } = await call.body(NewBlob)
  if (encoding !== "utf-8" && encoding !== "base64") throw unprocessable("Unsupported encoding")
  const sha = writeObject(
    call.world.repositories.path(call.repository),
    "blob",
    Buffer.from(content, encoding === "base64" ? "base64" : "utf8"),
  )
  return created({ sha, url: `${repositoryUrl(call.world, call.repository)}/git/blobs/${sha}` })
}

const getBlob = async (call: RepositoryCall) => {
  const sha = call.param("file_sha")
  const found = await object(call, sha, "blob")
  if (found === undefined) throw notFound()
  return json({
    sha,
    node_id: nodeId("B", sha),
    size: found.content.length,
    url: `${repositoryUrl(call.world, call.repository)}/git/blobs/${sha}`,
    content: found.content.toString("base64").replace(/.{60}/gu, "$&\n"),
    encoding: "base64",
  })
}

const treeJson = async ({ world, repository }: RepositoryCall, sha: string, deep: boolean): Promise<Json> => {
  const url = repositoryUrl(world, repository)
  const reader = world.repositories.reader(repository)
  const entries = await walkTree(reader, sha, deep)
  const tree = await Promise.all(
    entries.map(async (entry) => {
      const type = typeOfMode(entry.mode)
      const size = type === "blob" ? { size: (await reader.read(entry.oid))?.content.length ?? 0 } : {}
      return { path: entry.path, mode: entry.mode.padStart(6, "0"), type, sha: entry.oid, ...size, url: `${url}/git/${type}s/${entry.oid}` }
    }),
  )
  return { sha, url: `${url}/git/trees/${sha}`, tree, truncated: false }
}

const NewTree = Schema.Struct({
  base_tree: Schema.optionalKey(Schema.String),
  tree: Schema.Array(
    Schema.Struct({
      path: Schema.String,
      mode: Schema.Literals(["100644", "100755", "040000", "160000", "120000"]),
      type: Schema.optionalKey(Schema.Literals(["blob", "tree", "commit"])),
      sha: Schema.optionalKey(Schema.NullOr(Schema.String)),
      content: Schema.optionalKey(Schema.String),
    }),
  ),
})

const malformed = (path: string): boolean =>
  path === "" || path.split("/").some((part) => part === "" || part === "." || part === ".." || part === ".git")

const createTree = async (call: RepositoryCall) => {
  const { world, repository } = call
  const path = world.repositories.path(repository)
  const reader = world.repositories.reader(repository)
  const wanted = await call.body(NewTree)
  const base = wanted.base_tree === undefined ? undefined : (await reader.read(`${wanted.base_tree}^{tree}`))?.oid
  if (wanted.base_tree !== undefined && base === undefined) throw notFound()
  const changes = await Promise.all(
    wanted.tree.map(async (entry) => {
      if (malformed(entry.path)) throw unprocessable(`tree.path contains a malformed path component`)
      const mode = entry.mode.replace(/^0/u, "")
      if (entry.content !== undefined) return { path: entry.path, mode, oid: writeObject(path, "blob", Buffer.from(entry.content)) }
      if (entry.sha === undefined) throw unprocessable("Must supply either tree.sha or tree.content")
      if (entry.sha !== null && mode !== "160000" && (await reader.read(entry.sha))?.type !== typeOfMode(mode)) {
        throw unprocessable(`tree.sha ${entry.sha} is not a valid ${typeOfMode(mode)}`)
      }
      return { path: entry.path, mode, oid: entry.sha }
    }),
  )
  return created(await treeJson(call, await changeTree(reader, path, base, changes), false))
}

const getTree = async (call: RepositoryCall) => {
  const found = await call.world.repositories.reader(call.repository).read(`${call.param("tree_sha")}^{tree}`)
  if (found === undefined) throw notFound()
  return json(await treeJson(call, found.oid, call.query("recursive") !== undefined))
}

const Who = Schema.Struct({ name: Schema.String, email: Schema.String, date: Schema.optionalKey(Schema.String) })
const NewCommit = Schema.Struct({
  message: Schema.String,
  tree: Schema.String,
  parents: Schema.optionalKey(Schema.Array(Schema.String)),
  author: Schema.optionalKey(Who),
  committer: Schema.optionalKey(Who),
})

const createCommit = async (call: RepositoryCall) => {
  const { world, repository } = call
  const wanted = await call.body(NewCommit)
  const now = world.now().toISOString()
  const login = loginOf(call.caller)
  const author = { date: now, ...(wanted.author ?? { name: login, email: `${login}@users.noreply.github.com` }) }
  const committer = { ...author, ...wanted.committer }
  if ((await object(call, wanted.tree, "tree")) === undefined) throw unprocessable("Tree SHA does not exist")
  for (const parent of wanted.parents ?? []) {
    if ((await object(call, parent, "commit")) === undefined) throw unprocessable("Parent SHA does not exist or is not a commit object")
  }
  const content = { tree: wanted.tree, parents: wanted.parents ?? [], author, committer, message: wanted.message }
  const oid = writeCommit(world.repositories.path(repository), content)
  const commit = await object(call, oid, "commit")
  if (commit === undefined) throw notFound()
  return created(gitCommitJson(world, repository, parseCommit(oid, commit.content)))
}

const getCommit = async (call: RepositoryCall) => {
  const sha = call.param("commit_sha")
  const found = await object(call, sha, "commit")
  if (found === undefined) throw notFound()
  return json(gitCommitJson(call.world, call.repository, parseCommit(sha, found.content)))
}

/** Blobs, trees and commits, read and written as git has them. */
export const gitDataRoutes: ReadonlyArray<Route> = [
  onRepository("POST", "/git/blobs", "write", createBlob),
  onRepository("GET", "/git/blobs/{file_sha}", "read", getBlob),
  onRepository("POST", "/git/trees", "write", createTree),
  onRepository("GET", "/git/trees/{tree_sha}", "read", getTree),
  onRepository("POST", "/git/commits", "write", createCommit),
  onRepository("GET", "/git/commits/{commit_sha}", "read", getCommit),
]
