import type { Bus } from "@ci-fix-pilot/actor/Bus"
import type { Objects } from "@ci-fix-pilot/actor/Objects"
import { errorResponse, HttpError, noRoute, type Route } from "@ci-fix-pilot/contract/http"
import { openapi } from "@elysiajs/openapi"
import { Context, Effect, Layer, Schema } from "effect"
import { Elysia, ValidationError } from "elysia"
import type { Assets } from "./Assets.ts"
import type { Audience } from "./Audience.ts"
import { type Caller, makeAuthorize } from "./authorize.ts"
import type { DeadLetters } from "./DeadLetters.ts"
import type { Feed } from "./Feed.ts"
import type { Reviews } from "./Reviews.ts"
import type { Runs } from "./Runs.ts"
import { makeRespond } from "./respond.ts"
import { actionRoutes } from "./routes/actions.ts"
import { deadLetterRoutes } from "./routes/dead-letters.ts"
import { metricRoutes } from "./routes/metrics.ts"
import { pageRoutes } from "./routes/pages.ts"
import { runRoutes } from "./routes/runs.ts"
import { sessionRoutes } from "./routes/session.ts"
import { streamRoutes } from "./routes/stream.ts"
import { systemRoutes } from "./routes/system.ts"
import type { Sessions } from "./Sessions.ts"
import { secured } from "./security-headers.ts"
import { settings } from "./settings.ts"
import type { Totals } from "./Totals.ts"
import type { Tries } from "./Tries.ts"

/** Any: a body is held only as far as its reader goes, which says in words what is too large. The listener's own refusal says nothing. */
const maxRequestBodySize = Number.MAX_SAFE_INTEGER

/** A connection on which nothing moves for so long is closed; live streams are excepted (seconds). */
const idleTimeout = 30

/** Never sent: it says that the door is open. */
const admitted = new Response()
/** Ends a request before its route runs. */
class Refused extends Error {
  readonly answer: Response
  constructor(answer: Response) {
    super("refused at the door")
    this.answer = answer
  }
}
const noAddress = new HttpError({ code: "invalid", message: "the host and the path make no address" })
const nameless = new HttpError({ code: "not-found", message: "no such path" })
const failed = new HttpError({ code: "failed", message: "something went wrong here" })

const invalidRequest = (error: ValidationError) => {
  const fields = error.all.map((one) => ({
    field: "path" in one && typeof one.path === "string" ? one.path : error.type,
    message: "message" in one && typeof one.message === "string" ? one.message : "invalid",
  }))
  return new HttpError({ code: "invalid", message: `${error.type}: ${[...new Set(fields.map(({ field }) => field))].join(", ")}`, fields })
}

const mapJsonSchema = { effect: (schema: Schema.Top) => Schema.toJsonSchemaDocument(schema).schema }
const documentation = () => ({
  info: { title: "ci-fix-pilot", version: "1", description: "What heals a red CI run, live: runs, proofs, reviews, figures." },
  components: { securitySchemes: { bearer: { type: "http" as const, scheme: "bearer" } } },
  security: [{ bearer: [] }],
})

type Services = Runs | Reviews | Totals | Feed | Bus | Objects | Assets | Sessions | Audience | Tries | DeadLetters
type Listener = ReturnType<typeof Bun.serve>

/** What every request passes: its route's door first, the headers last. */
const makeHandler = (context: Context.Context<Services>, token: string | undefined) => {
  const respond = makeRespond(context)
  const authorize = makeAuthorize(token)
  const callers = new WeakMap<Request, Caller>()
  const addresses = new WeakMap<Request, string>()
  const callerOf = (request: Request) => {
    const caller = callers.get(request)
    if (caller === undefined) throw new Error("a route ran whose door was never asked")
    return caller
  }
  const admit = (request: Request, route: string) =>
    respond(
      Effect.map(authorize(request, route, addresses.get(request) ?? ""), (caller) => {
        callers.set(request, caller)
        return admitted
      }),
    )
  let routes: ReadonlyArray<Route> = []
  const lost = (request: Request) => noRoute(routes, new URL(request.url).pathname)
  // Without standardHostname a name of three letters or fewer is not taken for a part of the path.
  const app = new Elysia({ handler: { standardHostname: false } })
    .onError(({ code, error, request }) => {
      if (error instanceof Refused) return error.answer
      if (error instanceof ValidationError) return errorResponse(invalidRequest(error))
      return errorResponse(code === "NOT_FOUND" ? lost(request) : failed)
    })
    // Every route below passes here, after it was chosen and before anything of it runs: what is asked about is what will run.
    .onTransform(async ({ request, route, params }) => {
      const answer = await admit(request, route)
      if (answer !== admitted) throw new Refused(answer)
      // The router hands on what is no text (`%ff`) as null; nothing has such a name.
      if (Object.values(params ?? {}).some((part) => typeof part !== "string")) throw new Refused(errorResponse(nameless))
    })
    .use(openapi({ path: "/openapi", specPath: "/openapi", provider: null, mapJsonSchema, documentation: documentation() }))
    .use(runRoutes(respond))
    .use(actionRoutes(respond, callerOf))
    .use(streamRoutes(respond, callerOf))
    .use(metricRoutes(respond, token))
    .use(systemRoutes(respond))
    .use(deadLetterRoutes(respond, callerOf))
    .use(sessionRoutes(respond, token))
    .use(pageRoutes(respond, token, lost))
  routes = app.routes
  return async (request: Request, server: Listener): Promise<Response> => {
    app.server = server
    if (!URL.canParse(request.url)) return secured(errorResponse(noAddress))
    const asHead = request.method === "HEAD"
    const asked = asHead ? new Request(request, { method: "GET" }) : request
    addresses.set(asked, server.requestIP(request)?.address ?? "")
    const answer = await app.fetch(asked)
    if (!asHead) return secured(answer)
    // What a GET would say, without saying it.
    const { body, status, headers } = answer
    await body?.cancel()
    return secured(new Response(null, { status, headers }))
  }
}

/** The listener that people, the dashboard and Prometheus talk to. */
export class Server extends Context.Service<Server, { readonly url: string }>()("ci-fix-pilot/api/Server") {
  static readonly layer = Layer.effect(
    Server,
    Effect.gen(function* () {
      const { host, port, token } = yield* settings
      const fetch = makeHandler(yield* Effect.context<Services>(), token)
      const server = yield* Effect.acquireRelease(
        Effect.sync(() => Bun.serve({ hostname: host, port, idleTimeout, maxRequestBodySize, development: false, fetch })),
        (open) => Effect.promise(() => open.stop(true)),
      )
      const url = `http://${host}:${server.port}`
      yield* Effect.logInfo("api listens", { url })
      return Server.of({ url })
    }),
  )
}
