import { createHash, timingSafeEqual } from "node:crypto"
import { HttpError, isLoopback } from "@ci-fix-pilot/contract/http"
import { Effect, Option } from "effect"
import { secretIn } from "./cookie.ts"
import { type Session, Sessions } from "./Sessions.ts"
import { Tries } from "./Tries.ts"

/** Who asks. A program shows the token; a person has signed in with it; anybody may ask where no token is set, and for what holds no data. */
export type Caller = { readonly is: "anybody" | "program" } | { readonly is: "person"; readonly session: Session }

/** What holds no data, by the pattern of the route that runs: the probes, the pages and what they are made of, and the sign-in itself. */
const probes: ReadonlySet<string> = new Set(["/healthz", "/readyz"])
const pages: ReadonlySet<string> = new Set(["/", "/*", "/v1/session"])
const isOpen = (route: string, { headers }: Asked) => pages.has(route) || (route === "/metrics" && wantsPage(headers))

type Asked = Pick<Request, "url" | "method" | "headers">

/** What who is not, or no longer, signed in is told. */
export const unauthorized = new HttpError({
  code: "unauthorized",
  message: "a bearer token (CI_HEALING_API_TOKEN) or a sign-in is required",
})
const elsewhere = new HttpError({ code: "forbidden", message: "without a token only this machine may ask, by a loopback name" })
const foreign = new HttpError({ code: "forbidden", message: "pages of other sites may not act here" })
const unproven = new HttpError({
  code: "forbidden",
  message: "a signed-in page shows its x-csrf-token with every change; load the page again",
})

const digest = (text: string) => createHash("sha256").update(text).digest()
/** Takes the same time however much of it is right. */
export const sameText = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other))

const hostOf = (text: string) => {
  const url = URL.parse(text.includes("://") ? text : `http://${text}`)
  return { host: url?.host ?? "", name: (url?.hostname ?? "").replaceAll(/^\[|\]$/gu, "") }
}

/** A browser that goes to a page, not a program that asks for figures: both may ask for /metrics. */
export const wantsPage = (headers: Headers): boolean =>
  (headers.get("accept") ?? "").includes("text/html") && (headers.get("sec-fetch-mode") ?? "navigate") === "navigate"

const changes = ({ method }: Asked) => method !== "GET" && method !== "HEAD"

/** Whose page sent it. Browsers say so themselves; older ones give the origin, which is compared with the host that was asked. */
const senderOf = (request: Asked): "same" | "other" | "unsaid" => {
  const site = request.headers.get("sec-fetch-site")
  if (site !== null) return site === "same-origin" || site === "none" ? "same" : "other"
  const origin = request.headers.get("origin")
  if (origin === null) return "unsaid"
  return hostOf(origin).host === hostOf(request.headers.get("host") ?? request.url).host ? "same" : "other"
}

/** A page elsewhere may point its own name at 127.0.0.1, or post here from the visitor's browser. */
const ofThisMachine = (request: Asked): HttpError | undefined => {
  if (!isLoopback(hostOf(request.headers.get("host") ?? request.url).name)) return elsewhere
  return changes(request) && senderOf(request) === "other" ? foreign : undefined
}

/** Whether a change in the name of a session comes from one of its pages: another site's page has the cookie, at most. */
export const provesOrigin = (request: Asked, { csrf }: Session): HttpError | undefined => {
  if (senderOf(request) !== "same") return foreign
  return sameText(request.headers.get("x-csrf-token") ?? "", csrf) ? undefined : unproven
}

/** Signing in needs no session, so nothing but the sender can be asked for. */
export const comesFromElsewhere = (request: Asked): HttpError | undefined => (senderOf(request) === "other" ? foreign : undefined)

/** The session that a request's cookie opens. */
export const sessionOf = (request: Asked) =>
  Effect.gen(function* () {
    const secret = secretIn(request)
    return secret === undefined
      ? Option.none<Session>()
      : yield* Sessions.use((sessions) => sessions.find(secret, changes(request) ? "change" : "look"))
  })

const anybody: Caller = { is: "anybody" }

/**
 * Makes the door: who comes in, or why not. It is told the route that the router chose (`/v1/ci-healing/runs/:runId`), never a path: a path read
 * twice can be read in two ways. A route that it does not know is closed. Fails with HttpError, or SqlError when a session cannot be looked up.
 */
export const makeAuthorize = (token: string | undefined) =>
  Effect.fn("api.authorize")(function* (request: Asked, route: string, address: string) {
    if (probes.has(route)) return anybody
    if (token === undefined) {
      const refused = ofThisMachine(request)
      return refused === undefined ? anybody : yield* refused
    }
    if (isOpen(route, request)) return anybody
    const shown = request.headers.get("authorization")
    if (shown !== null)
      return sameText(shown, `Bearer ${token}`) ? program : yield* Tries.use((tries) => tries.refuse(address, unauthorized))
    const session = Option.getOrUndefined(yield* sessionOf(request))
    if (session === undefined) return yield* unauthorized
    const refused = changes(request) ? provesOrigin(request, session) : undefined
    if (refused !== undefined) return yield* refused
    const person: Caller = { is: "person", session }
    return person
  })
const program: Caller = { is: "program" }
