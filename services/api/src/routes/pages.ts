import type { First } from "@ci-fix-pilot/contract/first-view"
import { HttpError } from "@ci-fix-pilot/contract/http"
import type { SessionView } from "@ci-fix-pilot/contract/session-view"
import { Effect, Option } from "effect"
import { Elysia } from "elysia"
import { Assets } from "../Assets.ts"
import { sessionOf, wantsPage } from "../authorize.ts"
import { compressPage } from "../compress-page.ts"
import { listRuns } from "../list-runs.ts"
import { notBuilt, pageOf } from "../page.ts"
import type { Runs } from "../Runs.ts"
import type { Respond } from "../respond.ts"
import type { Sessions } from "../Sessions.ts"
import { reads, serveAsset } from "../serve-asset.ts"
import { viewOf } from "./session.ts"

const notFound = new HttpError({ code: "not-found", message: "no such path" })
const views = /^\/(?:$|runs\/[^/]+$|metrics$|system$)/u
/** As many as the dashboard shows at once. */
const pageSize = 50

/**
 * Who looks, as far as the page's own request says it. Browsers keep a strict cookie back when a link elsewhere leads here: then nothing is
 * said, and the page asks again by itself.
 */
const lookerOf = (token: string | undefined, request: Request) =>
  Effect.gen(function* () {
    if (token === undefined) return viewOf(false, undefined)
    const session = Option.getOrUndefined(yield* sessionOf(request))
    const site = request.headers.get("sec-fetch-site")
    return session === undefined && site !== "none" && site !== "same-origin" ? undefined : viewOf(true, session)
  })

const mayRead = ({ required, signedIn }: SessionView) => signedIn || !required

/** What the page begins with; nothing while the database is away: then the page asks, and says so. */
const firstOf = (token: string | undefined, request: Request) =>
  Effect.gen(function* () {
    const session = yield* lookerOf(token, request)
    if (session === undefined) return undefined
    const { pathname, search } = new URL(request.url)
    if (pathname !== "/" || search !== "" || !mayRead(session)) return { session }
    const first: First = { session, runs: yield* listRuns({ page: 1, pageSize }) }
    return first
  }).pipe(
    Effect.timeout("2 seconds"),
    Effect.catch(() => Effect.succeed(undefined)),
  )

/** The page around every view. A path that is none of them gets it too, with 404, when a person goes there. */
export const showPage = Effect.fn("api.show-page")(function* (token: string | undefined, request: Request) {
  const known = views.test(new URL(request.url).pathname)
  if (!known && !wantsPage(request.headers)) return yield* notFound
  const template = yield* Assets.use((assets) => assets.template)
  const headers = { "content-type": "text/html; charset=utf-8", vary: "accept, accept-encoding, cookie" }
  if (template === undefined) return new Response(notBuilt, { status: 503, headers })
  const first = yield* firstOf(token, request)
  const page = pageOf(template, first)
  const status = known ? 200 : 404
  if (!reads("gzip", request)) return new Response(page, { status, headers })
  const body = yield* Effect.promise(() => compressPage(page, first?.session.csrf ?? undefined))
  return new Response(body, { status, headers: { ...headers, "content-encoding": "gzip" } })
})

const serve = Effect.fn("api.serve")(function* (token: string | undefined, request: Request, lost: (request: Request) => HttpError) {
  const { pathname } = new URL(request.url)
  if (pathname.startsWith("/v1/")) return yield* lost(request)
  const asset = yield* Assets.use((assets) => assets.find(pathname))
  return asset === undefined ? yield* showPage(token, request) : yield* Effect.promise(() => serveAsset(asset, request))
})

/** The dashboard: its pages, and what they are made of. The last of all routes: it takes every path that nobody else has. `lost` says why not. */
export const pageRoutes = (respond: Respond<Assets | Sessions | Runs>, token: string | undefined, lost: (request: Request) => HttpError) =>
  new Elysia()
    .get("/", ({ request }) => respond(serve(token, request, lost)), { detail: { hide: true } })
    .get("/*", ({ request }) => respond(serve(token, request, lost)), { detail: { hide: true } })
