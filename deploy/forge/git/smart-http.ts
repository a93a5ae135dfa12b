import { Readable } from "node:stream"
import { createGunzip } from "node:zlib"
import { allowed, loginOf } from "../http/access.ts"
import type { Call, Route } from "../http/route.ts"
import type { RepositoryRow } from "../store/rows.ts"
import { refMoved } from "../webhooks/ref-moved.ts"
import { listRefs, zero } from "./refs.ts"
import { gitEnvironment } from "./run-git.ts"

const challenge = () => new Response("Authentication required", { status: 401, headers: { "www-authenticate": 'Basic realm="GitHub"' } })
const missing = () => new Response("Repository not found.", { status: 404 })
const noCache = { "cache-control": "no-cache, max-age=0, must-revalidate", expires: "Fri, 01 Jan 1980 00:00:00 GMT", pragma: "no-cache" }

type Service = "upload-pack" | "receive-pack"

/** The repository in the path, when the caller may fetch from it (or push to it); else the answer git gets. */
const repositoryFor = (call: Call, service: Service): RepositoryRow | Response => {
  const needs = service === "upload-pack" ? "read" : "write"
  const repository = call.world.repositories.find(call.param("owner"), call.param("repo"))
  if (repository !== undefined && allowed(call.caller, repository, needs)) return repository
  if (call.caller.kind === "anonymous") return challenge()
  return repository !== undefined && allowed(call.caller, repository, "read")
    ? new Response("Permission denied", { status: 403 })
    : missing()
}

const spawn = (call: Call, path: string, args: ReadonlyArray<string>, stdin: ReadableStream<Uint8Array> | "ignore") => {
  const protocol = call.request.headers.get("git-protocol")
  const child = Bun.spawn(["git", ...args, path], {
    env: gitEnvironment(protocol === null ? {} : { GIT_PROTOCOL: protocol }),
    stdin,
    stdout: "pipe",
    stderr: "ignore",
  })
  call.request.signal.addEventListener("abort", () => child.kill())
  return child
}

const packet = (line: string) => `${(line.length + 4).toString(16).padStart(4, "0")}${line}`

const advertise = async (call: Call): Promise<Response> => {
  const service = call.query("service")
  if (service !== "git-upload-pack" && service !== "git-receive-pack")
    return new Response("Please upgrade your git client.", { status: 403 })
  const verb: Service = service === "git-upload-pack" ? "upload-pack" : "receive-pack"
  const repository = repositoryFor(call, verb)
  if (repository instanceof Response) return repository
  const child = spawn(call, call.world.repositories.path(repository), [verb, "--stateless-rpc", "--advertise-refs"], "ignore")
  const refs = await new Response(child.stdout).bytes()
  const head = Buffer.from(`${packet(`# service=${service}\n`)}0000`)
  return new Response(Buffer.concat([head, refs]), { headers: { "content-type": `application/x-${service}-advertisement`, ...noCache } })
}

/** The request's body, unpacked: git compresses large requests. */
const bodyStream = (request: Request): ReadableStream<Uint8Array> | "ignore" => {
  if (request.body === null) return "ignore"
  if (request.headers.get("content-encoding") !== "gzip") return request.body
  const packed = Readable.from(request.body)
  return new ReadableStream({
    async start(controller) {
      try {
        for await (const chunk of packed.pipe(createGunzip())) controller.enqueue(new Uint8Array(chunk))
        controller.close()
      } catch (error) {
        controller.error(error)
      }
    },
  })
}

const uploadPack = (call: Call): Response => {
  const repository = repositoryFor(call, "upload-pack")
  if (repository instanceof Response) return repository
  const child = spawn(call, call.world.repositories.path(repository), ["upload-pack", "--stateless-rpc"], bodyStream(call.request))
  return new Response(child.stdout, { headers: { "content-type": "application/x-git-upload-pack-result", ...noCache } })
}

const receivePack = async (call: Call): Promise<Response> => {
  const repository = repositoryFor(call, "receive-pack")
  if (repository instanceof Response) return repository
  const path = call.world.repositories.path(repository)
  return call.world.exclusive(`${repository.owner}/${repository.name}`, async () => {
    const before = new Map((await listRefs(path, "refs/heads/")).map((ref) => [ref.name, ref.oid]))
    const child = spawn(call, path, ["receive-pack", "--stateless-rpc"], bodyStream(call.request))
    const report = await new Response(child.stdout).bytes()
    await child.exited
    const after = new Map((await listRefs(path, "refs/heads/")).map((ref) => [ref.name, ref.oid]))
    for (const ref of new Set([...before.keys(), ...after.keys()])) {
      const move = { ref, before: before.get(ref) ?? zero, after: after.get(ref) ?? zero, by: loginOf(call.caller) }
      if (move.before !== move.after) await refMoved(call.world, repository, move)
    }
    return new Response(report, { headers: { "content-type": "application/x-git-receive-pack-result", ...noCache } })
  })
}

/** Clone, fetch and push over HTTP, as git speaks it (protocol versions 0 to 2). */
export const gitRoutes: ReadonlyArray<Route> = [
  { method: "GET", path: "/{owner}/{repo}.git/info/refs", handle: advertise },
  { method: "POST", path: "/{owner}/{repo}.git/git-upload-pack", handle: uploadPack },
  { method: "POST", path: "/{owner}/{repo}.git/git-receive-pack", handle: receivePack },
]
