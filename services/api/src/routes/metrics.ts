import { RepositoryTotals, Summary } from "@ci-fix-pilot/contract/metrics-view"
import { Effect, Schema } from "effect"
import { Elysia } from "elysia"
import type { Assets } from "../Assets.ts"
import { wantsPage } from "../authorize.ts"
import { Feed } from "../Feed.ts"
import { prometheus } from "../prometheus.ts"
import { WholeNumber } from "../query-values.ts"
import type { Runs } from "../Runs.ts"
import type { Respond } from "../respond.ts"
import type { Sessions } from "../Sessions.ts"
import { Totals } from "../Totals.ts"
import { showPage } from "./pages.ts"

const standard = Schema.toStandardSchemaV1
const defaultDays = 30
const allDays = 36_500
const Window = Schema.Struct({ days: Schema.optionalKey(WholeNumber(1, allDays)) })

const scrape = Effect.gen(function* () {
  const totals = yield* Totals
  const feed = yield* Feed
  const [summary, backlog, clients] = yield* Effect.all([totals.summary(allDays), totals.backlog, feed.clients])
  const text = prometheus(summary, backlog, clients, process.memoryUsage.rss())
  return new Response(text, { headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8", vary: "accept" } })
}).pipe(Effect.withSpan("api.scrape"))

/** Figures, for people and for Prometheus. */
export const metricRoutes = (respond: Respond<Totals | Feed | Assets | Sessions | Runs>, token: string | undefined) =>
  new Elysia()
    .get("/v1/ci-healing/metrics/summary", ({ query }) => respond(Totals.use((totals) => totals.summary(query.days ?? defaultDays))), {
      query: standard(Window),
      response: { 200: standard(Summary) },
      detail: { summary: "How the runs of the last days ended", tags: ["metrics"] },
    })
    .get(
      "/v1/ci-healing/metrics/repositories",
      ({ query }) => respond(Totals.use((totals) => Effect.map(totals.repositories(query.days ?? defaultDays), (items) => ({ items })))),
      {
        query: standard(Window),
        response: { 200: standard(Schema.Struct({ items: Schema.Array(RepositoryTotals) })) },
        detail: { summary: "The same by repository, busiest first", tags: ["metrics"] },
      },
    )
    // Two have this path by custom: a person who goes there in a browser gets the page, everybody else the figures.
    .get("/metrics", ({ request }) => respond(wantsPage(request.headers) ? showPage(token, request) : scrape), {
      detail: { summary: "Prometheus", tags: ["metrics"] },
    })
