import { lifetime } from "./Sessions.ts"

/** Whether the browser speaks TLS: to this process, or to the proxy in front of it. */
const isSecure = ({ url, headers }: Pick<Request, "url" | "headers">): boolean =>
  url.startsWith("https:") || headers.get("x-forwarded-proto")?.split(",")[0]?.trim() === "https"

/** With TLS the name itself makes browsers refuse the cookie from any other host or path. */
const nameFor = (request: Pick<Request, "url" | "headers">) => (isSecure(request) ? "__Host-ci-fix-pilot" : "ci-fix-pilot")

/** The secret that the browser keeps for this server; undefined without one. */
export const secretIn = (request: Pick<Request, "url" | "headers">): string | undefined => {
  const start = `${nameFor(request)}=`
  const found = (request.headers.get("cookie") ?? "").split(/;\s*/u).find((one) => one.startsWith(start))
  return found === undefined || found.length > 200 ? undefined : found.slice(start.length) || undefined
}

const cookie = (request: Pick<Request, "url" | "headers">, value: string, maxAge: number) =>
  `${nameFor(request)}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAge}${isSecure(request) ? "; Secure" : ""}`

/** The header that gives a browser a secret no script can read and no other site's page can send. */
export const keepCookie = (request: Pick<Request, "url" | "headers">, secret: string): string => cookie(request, secret, lifetime)
/** The header that takes it back. */
export const dropCookie = (request: Pick<Request, "url" | "headers">): string => cookie(request, "", 0)
