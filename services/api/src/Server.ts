import type { Bus } from "@ci-fix-pilot/actor/Bus"
import type { Objects } from "@ci-fix-pilot/actor/Objects"
import { errorResponse, HttpError } from "@ci-fix-pilot/contract/http"
import { openapi } from "@elysiajs/openapi"
import { Context, Effect, Layer, Schema } from "effect"
import { Elysia, ValidationError } from "elysia"
import { makeAuthorize } from "./authorize.ts"
import type { Feed } from "./Feed.ts"
import type { Reviews } from "./Reviews.ts"
import type { Runs } from "./Runs.ts"
import { makeRespond } from "./respond.ts"
import { actionRoutes } from "./routes/actions.ts"
import { metricRoutes } from "./routes/metrics.ts"
import { runRoutes } from "./routes/runs.ts"
import { streamRoutes } from "./routes/stream.ts"
import { systemRoutes } from "./routes/system.ts"
import { settings } from "./settings.ts"
import type { Totals } from "./Totals.ts"

/** The largest body: a note and a few short fields (bytes). */
const maxRequestBodySize = 64 * 1_024

const notFound = new HttpError({ code: "not-found", message: "no such path" })
const unreadable = new HttpError({
  code: "invalid",
  message: "the body is not JSON",
  fields: [{ field: "body", message: "Expected JSON" }],
})
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

type Services = Runs | Reviews | Totals | Feed | Bus | Objects

const makeApp = (context: Context.Context<Services>, token: string | undefined) => {
  const authorize = makeAuthorize(token)
  const respond = makeRespond(context)
  return new Elysia({ serve: { maxRequestBodySize } })
    .onRequest(({ request }) => {
      const refused = authorize(request)
      return refused === undefined ? undefined : errorResponse(refused)
    })
    .onError(({ code, error }) => {
      if (error instanceof ValidationError) return errorResponse(invalidRequest(error))
      return errorResponse(code === "NOT_FOUND" ? notFound : code === "PARSE" ? unreadable : failed)
    })
    .use(openapi({ path: "/openapi", specPath: "/openapi", provider: null, mapJsonSchema, documentation: documentation() }))
    .use(runRoutes(respond))
    .use(actionRoutes(respond))
    .use(streamRoutes(respond))
    .use(metricRoutes(respond))
    .use(systemRoutes(respond))
}

/** The listener that people, the dashboard and Prometheus talk to. */
export class Server extends Context.Service<Server, { readonly url: string }>()("ci-fix-pilot/api/Server") {
  static readonly layer = Layer.effect(
    Server,
    Effect.gen(function* () {
      const { host, port, token } = yield* settings
      const app = makeApp(yield* Effect.context<Services>(), token)
      yield* Effect.acquireRelease(
        Effect.sync(() => app.listen({ hostname: host, port })),
        () => Effect.promise(() => app.stop(true)),
      )
      const url = `http://${host}:${app.server?.port ?? port}`
      yield* Effect.logInfo("api listens", { url })
      return Server.of({ url })
    }),
  )
}
