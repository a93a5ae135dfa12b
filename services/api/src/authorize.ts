import { createHash, timingSafeEqual } from "node:crypto"
import { HttpError, isLoopback } from "@ci-fix-pilot/contract/http"

const open: ReadonlySet<string> = new Set(["/healthz", "/readyz"])
const unauthorized = new HttpError({ code: "unauthorized", message: "a bearer token is required (CI_HEALING_API_TOKEN)" })
const elsewhere = new HttpError({ code: "forbidden", message: "without a token only this machine may ask, by a loopback name" })
const foreign = new HttpError({ code: "forbidden", message: "pages of other sites may not act here" })

const digest = (text: string) => createHash("sha256").update(text).digest()
const hostOf = (text: string) => {
  const url = URL.parse(text.includes("://") ? text : `http://${text}`)
  return { host: url?.host ?? "", name: (url?.hostname ?? "").replaceAll(/^\[|\]$/gu, "") }
}

/** Makes the door: undefined lets a request in. Without a token, names that only look like this machine and pages of other sites stay out. */
export const makeAuthorize = (token: string | undefined) => {
  const wanted = token === undefined ? undefined : digest(`Bearer ${token}`)
  return (request: Pick<Request, "url" | "method" | "headers">): HttpError | undefined => {
    if (open.has(new URL(request.url).pathname)) return undefined
    if (wanted !== undefined) return timingSafeEqual(digest(request.headers.get("authorization") ?? ""), wanted) ? undefined : unauthorized
    // A page elsewhere may point its own name at 127.0.0.1, or post here from the visitor's browser.
    const host = hostOf(request.headers.get("host") ?? request.url)
    if (!isLoopback(host.name)) return elsewhere
    const origin = request.headers.get("origin")
    return origin !== null && request.method !== "GET" && hostOf(origin).host !== host.host ? foreign : undefined
  }
}
