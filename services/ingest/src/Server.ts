import { workBegins } from "@ci-fix-pilot/actor/compile-when-busy"
import { errorResponse, HttpError, noRoute, type Route } from "@ci-fix-pilot/contract/http"
import { Context, Effect, Layer } from "effect"
import { Elysia } from "elysia"
import type { Announcer } from "./Announcer.ts"
import { Inbox } from "./Inbox.ts"
import { makeReceivers } from "./receive.ts"
import { settings } from "./settings.ts"

/** Seconds without a byte after which a connection is closed. */
const idleTimeout = 12
/** Any: a body is held only as far as its reader goes, which says in words what is too large. The listener's own refusal says nothing. */
const maxRequestBodySize = Number.MAX_SAFE_INTEGER
/** How long requests under way may take when it stops (ms): a commit, and patience with a slow database. */
const drainMs = 2_000

const failed = new HttpError({ code: "failed", message: "something went wrong here" })

/** The listener that everything from outside comes through. */
export class Server extends Context.Service<Server, { readonly url: string }>()("ci-fix-pilot/ingest/Server") {
  static readonly layer = Layer.effect(
    Server,
    Effect.gen(function* () {
      const read = yield* settings
      const context = yield* Effect.context<Inbox | Announcer>()
      const run = Effect.runPromiseWith(context)
      const receivers = makeReceivers(read, () => performance.now())
      const answer = (received: ReturnType<(typeof receivers)["webhook"]>) => {
        workBegins()
        return run(
          received.pipe(
            Effect.map((told) => Response.json(told, { status: 202 })),
            Effect.catch((error) => Effect.succeed(errorResponse(error))),
            Effect.catchCause((cause) => Effect.as(Effect.logError("a webhook crashed", cause), errorResponse(failed))),
          ),
        )
      }
      const ready = Inbox.use((inbox) => inbox.isReachable).pipe(
        Effect.map((database) => Response.json({ ready: database, database, enabled: read.enabled }, { status: database ? 200 : 503 })),
      )
      let routes: ReadonlyArray<Route> = []
      const app = new Elysia({ serve: { maxRequestBodySize, idleTimeout, development: false } })
        .onError(({ code, request }) =>
          errorResponse(code === "NOT_FOUND" ? noRoute(routes, URL.parse(request.url)?.pathname ?? "") : failed),
        )
        .post("/v1/ci-healing/webhook", ({ request }) => answer(receivers.webhook(request)), { parse: "none" })
        .post("/v1/github/webhook", ({ request }) => answer(receivers.github(request)), { parse: "none" })
        .get("/healthz", () => Response.json({ alive: true }))
        .get("/readyz", () => run(ready))
      routes = app.routes
      yield* Effect.acquireRelease(
        Effect.sync(() => app.listen({ hostname: read.host, port: read.port })),
        // Requests under way are answered; connections that only wait for a next one are not waited for.
        ({ server }) => Effect.promise(async () => Promise.race([app.stop(), Bun.sleep(drainMs)]).then(() => server?.stop(true))),
      )
      const url = `http://${read.host}:${app.server?.port ?? read.port}`
      yield* Effect.logInfo("ingest listens", { url })
      return Server.of({ url })
    }),
  )
}
