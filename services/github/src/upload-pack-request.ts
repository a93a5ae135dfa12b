import { timingSafeEqual } from "node:crypto"
import { Repository } from "@ci-fix-pilot/contract/ids"
import { Schema } from "effect"

/** The two requests of a git fetch over smart HTTP (https://git-scm.com/docs/http-protocol). Nothing else exists. */
export interface UploadPack {
  readonly repository: string
  readonly step: "refs" | "pack"
}

const isRepository = Schema.is(Repository)

/** Which step of a fetch a request is; undefined for everything else: pushes, the dumb protocol, other paths. */
export const readUploadPack = (method: string, url: URL): UploadPack | undefined => {
  const found = /^(?:\/git)?\/([^/]+\/[^/]+?)(?:\.git)?\/(info\/refs|git-upload-pack)$/u.exec(url.pathname)
  const [, repository = "", what] = found ?? []
  if (!isRepository(repository)) return undefined
  if (what === "info/refs") {
    const isFetch = method === "GET" && url.search === "?service=git-upload-pack"
    return isFetch ? { repository, step: "refs" } : undefined
  }
  return what === "git-upload-pack" && method === "POST" && url.search === "" ? { repository, step: "pack" } : undefined
}

/** Where a step goes on the real host. */
export const upstreamOf = (base: string, { repository, step }: UploadPack): URL =>
  new URL(`${base.replace(/\/+$/u, "")}/${repository}.git/${step === "refs" ? "info/refs?service=git-upload-pack" : "git-upload-pack"}`)

/** Whether an Authorization header shows the token: as bearer, or as the password of Basic, as git sends it. Compared in constant time. */
export const shows = (authorization: string | null, token: string): boolean => {
  const [scheme = "", value = ""] = (authorization ?? "").split(" ")
  const basic = scheme.toLowerCase() === "basic" ? Buffer.from(value, "base64").toString() : undefined
  const shown = basic === undefined ? (scheme.toLowerCase() === "bearer" ? value : "") : basic.slice(basic.indexOf(":") + 1)
  const digest = (text: string) => new Bun.CryptoHasher("sha256").update(text).digest()
  return shown !== "" && timingSafeEqual(digest(shown), digest(token))
}

/** Whether an address or Host header names this machine only. */
export const isLoopback = (host: string): boolean => {
  const [, name = ""] = /^(\[.*\]|[^:]*|::1)(?::\d+)?$/u.exec(host.toLowerCase()) ?? []
  return ["localhost", "::1", "[::1]"].includes(name) || /^127(?:\.\d{1,3}){3}$/u.test(name)
}

/** The request headers that git's protocol needs; nothing else goes out, least of all our own credential's place. */
export const passedOn = (headers: Headers): Record<string, string> => {
  const names = ["accept", "content-type", "content-encoding", "git-protocol"]
  return Object.fromEntries(names.flatMap((name) => (headers.get(name) === null ? [] : [[name, headers.get(name) ?? ""]])))
}
