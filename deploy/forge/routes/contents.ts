import { entryAt, readTree, type TreeEntry, typeOfMode } from "../git/trees.ts"
import { type Json, json } from "../http/answer.ts"
import { notFound, Refusal } from "../http/refusal.ts"
import { onRepository, type RepositoryCall, type Route } from "../http/route.ts"
import { repositoryUrl, webUrl } from "../json/repository.ts"

const kind = (entry: TreeEntry): string => ({ "40000": "dir", "120000": "symlink", "160000": "submodule" })[entry.mode] ?? "file"

const entryJson = ({ world, repository }: RepositoryCall, ref: string, path: string, entry: TreeEntry, size: number): Json => {
  const api = repositoryUrl(world, repository)
  const web = webUrl(world, repository)
  const escaped = path.split("/").map(encodeURIComponent).join("/")
  const url = `${api}/contents/${escaped}?ref=${encodeURIComponent(ref)}`
  const git = `${api}/git/${typeOfMode(entry.mode)}s/${entry.oid}`
  const html = `${web}/${kind(entry) === "dir" ? "tree" : "blob"}/${ref}/${escaped}`
  return {
    type: kind(entry),
    name: path.split("/").at(-1) ?? "",
    path,
    sha: entry.oid,
    size,
    url,
    git_url: git,
    html_url: html,
    download_url: kind(entry) === "file" ? `${web}/raw/${ref}/${escaped}` : null,
    _links: { self: url, git, html },
  }
}

const contents = async (call: RepositoryCall) => {
  const { world, repository, request } = call
  const ref = call.query("ref") ?? repository.defaultBranch
  const reader = world.repositories.reader(repository)
  const commit = await world.repositories.commit(repository, ref)
  if (commit === undefined) throw new Refusal({ status: 404, message: `No commit found for the ref ${ref}` })
  const path = call.param("path").replace(/^\/+|\/+$/gu, "")
  const entry = await entryAt(reader, commit.tree, path)
  if (entry === undefined) throw notFound()
  if (entry.mode === "40000") {
    const inside = await readTree(reader, entry.oid)
    const rows = inside.map(async (one) => {
      const size = kind(one) === "file" ? ((await reader.read(one.oid))?.content.length ?? 0) : 0
      return entryJson(call, ref, path === "" ? one.name : `${path}/${one.name}`, one, size)
    })
    return json(await Promise.all(rows))
  }
  const found = await reader.read(entry.oid)
  if (found === undefined) throw notFound()
  if (request.headers.get("accept")?.includes("raw"))
    return new Response(new Uint8Array(found.content), { headers: { "content-type": "application/vnd.github.raw; charset=utf-8" } })
  return json({
    ...entryJson(call, ref, path, entry, found.content.length),
    ...(found.content.length > 1_000_000
      ? { content: "", encoding: "none" }
      : { content: `${found.content.toString("base64").replace(/.{60}/gu, "$&\n")}\n`, encoding: "base64" }),
  })
}

/** Files and folders at a ref. */
export const contentRoutes: ReadonlyArray<Route> = [onRepository("GET", "/contents/{path}", "read", contents)]
