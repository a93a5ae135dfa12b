/**
 * The only way out of a sandbox that installs: a mirror of the operator's registry on a unix socket. It reads and never writes, asks
 * only the registry's own origins, and adds the registry's credential here, where nothing inside can see it.
 */

import { chmod, chown, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Option, Redacted } from "effect"
import type { SandboxUser } from "../sandbox/Sandbox.ts"
import { relayPrograms, socketName } from "./registry-relay.ts"
import type { Registry } from "./registry-settings.ts"
import { mirrored, outside, rewriteOrigins } from "./rewrite-origins.ts"

export interface RegistryProxy {
  /** To be given to the sandbox as its relay. */
  readonly directory: string
  /** The registry's address as the sandbox must be told. */
  readonly mirror: string
  /** Why the registry gave no answer, or none that says anything about a package, the last time that it did so. */
  readonly unreachable: () => string | undefined
  /** What was asked for and not given: other origins, other methods. */
  readonly refused: () => ReadonlyArray<string>
}

/** Packages of one installation, in bytes. */
const mostBytes = 4 * 1024 ** 3
const answerWithin = 120_000
const mostRefusals = 20
const passedIn = ["accept", "user-agent", "if-none-match"]
/** About this hop only, or no longer true once the body was decoded or rewritten. */
const notPassedOut = ["connection", "keep-alive", "transfer-encoding", "content-encoding", "content-length", "etag", "set-cookie"]

const requestHeaders = (request: Request, { credential, url }: Registry, target: URL): Headers => {
  const headers = new Headers()
  for (const name of passedIn) headers.set(name, request.headers.get(name) ?? "")
  if (target.origin === url.origin && Option.isSome(credential)) headers.set("authorization", Redacted.value(credential.value))
  return headers
}

const answerHeaders = (answer: Response): Headers => {
  const headers = new Headers(answer.headers)
  for (const name of notPassedOut) headers.delete(name)
  return headers
}

/** Lists of packages say where the packages are; so does the one file of settings that an index of crates has. */
const pointsElsewhere = (answer: Response, { pathname }: URL): boolean =>
  /json|html/u.test(answer.headers.get("content-type") ?? "") || pathname.endsWith("/config.json")

/** Answers requests of the sandbox from the registry. */
const makeMirror = (registry: Registry) => {
  const origins = [registry.url.origin, ...registry.files]
  const refused: Array<string> = []
  let unreachable: string | undefined
  let bytes = 0

  const refuse = (what: string, status: number): Response => {
    if (refused.length < mostRefusals) refused.push(what.slice(0, 200))
    return new Response(`Refused: ${what}\n`, { status })
  }
  const bounded = () =>
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk, controller) => {
        bytes += chunk.length
        if (bytes > mostBytes) controller.error(new Error("The packages are too large."))
        else controller.enqueue(chunk)
      },
    })

  const answer = async (request: Request): Promise<Response> => {
    const { pathname, search } = new URL(request.url)
    if (request.method !== "GET" && request.method !== "HEAD") return refuse(`${request.method} ${pathname}`, 405)
    const target = outside(pathname + search, registry.url, origins)
    if (target === undefined) return refuse(pathname, 403)
    try {
      const headers = requestHeaders(request, registry, target)
      const found = await fetch(target, { method: request.method, headers, signal: AbortSignal.timeout(answerWithin) })
      if (found.status === 429 || found.status >= 500) unreachable = `${target.host} answered ${found.status}`
      const body = found.body?.pipeThrough(bounded())
      const rewritten = pointsElsewhere(found, target) ? body?.pipeThrough(rewriteOrigins(origins)) : body
      return new Response(rewritten ?? null, { status: found.status, headers: answerHeaders(found) })
    } catch (cause) {
      unreachable = `${target.host}: ${cause instanceof Error ? cause.message : String(cause)}`
      return new Response("The registry cannot be reached.\n", { status: 502 })
    }
  }
  return { answer, unreachable: () => unreachable, refused: () => refused }
}

/**
 * A registry may think for longer than the runtime waits for something to be sent; how long it may is said by `answerWithin`. The types
 * know this of a port only.
 */
const patient: object = { idleTimeout: 0 }

/** Serves `user`, and nobody else on this machine, in an empty directory until its scope closes. */
export const serveRegistry = Effect.fn("registry-proxy.serve")(function* (
  registry: Registry,
  { uid, gid }: SandboxUser,
  directory: string,
) {
  yield* Effect.promise(() => chmod(directory, 0o700))
  const { answer, ...account } = makeMirror(registry)
  const socket = join(directory, socketName)
  yield* Effect.acquireRelease(
    Effect.sync(() => Bun.serve({ unix: socket, fetch: answer, ...patient })),
    (server) => Effect.promise(() => server.stop(true)),
  )
  yield* Effect.promise(async () => {
    for (const [name, text] of Object.entries(relayPrograms)) await writeFile(join(directory, name), text, { mode: 0o644 })
    await chown(socket, uid, gid)
    await chown(directory, uid, gid)
  })
  const proxy: RegistryProxy = { directory, mirror: mirrored(registry.url), ...account }
  return proxy
})
