import { invalid } from "@ci-fix-pilot/contract/http"
import { RunId } from "@ci-fix-pilot/contract/ids"
import { Effect, Result, Schema, SchemaParser } from "effect"
import { Elysia } from "elysia"
import { Audience } from "../Audience.ts"
import { type Caller, unauthorized } from "../authorize.ts"
import { Feed } from "../Feed.ts"
import type { Follower } from "../Follower.ts"
import { WholeNumber } from "../query-values.ts"
import type { Respond } from "../respond.ts"
import { type Session, Sessions } from "../Sessions.ts"

const Position = WholeNumber(0, Number.MAX_SAFE_INTEGER)
const Follow = Schema.Struct({
  "last-event-id": Schema.optionalKey(Position),
  after: Schema.optionalKey(Position),
  runId: Schema.optionalKey(RunId),
})
const decode = SchemaParser.decodeUnknownResult(Follow, { errors: "all" })

/**
 * A reconnecting EventSource says where it was in a header, and repeats the URL it began with: the header counts. One that is no position is
 * refused, as no browser makes one up: to begin from now would hide what came between from whoever did.
 */
const asked = (request: Request) => {
  const query = new URL(request.url).searchParams
  const last = request.headers.get("last-event-id") || null
  const [after, runId] = [last === null ? query.get("after") : null, query.get("runId")]
  return {
    ...(last === null ? {} : { "last-event-id": last }),
    ...(after === null ? {} : { after }),
    ...(runId === null ? {} : { runId }),
  }
}

/** Ties a stream to its session, which may have ended since the door asked: who ended it could not cut what was not there yet. */
const seat = Effect.fnUntraced(function* (follower: Follower, { name }: Session) {
  const audience = yield* Audience
  follower.onClose(audience.join(name, () => follower.close()))
  const holding = yield* Sessions.use((sessions) => sessions.holding([name]))
  if (!holding.has(name)) return yield* unauthorized
})

const follow = Effect.fn("api.follow")(function* (request: Request, caller: Caller) {
  const decoded = decode(asked(request))
  if (Result.isFailure(decoded)) return yield* invalid("stream", decoded.failure)
  const { "last-event-id": last, ...from } = decoded.success
  const follower = yield* Feed.use((feed) => feed.follow(last === undefined ? from : { ...from, after: last }))
  request.signal.addEventListener("abort", () => follower.close())
  if (caller.is === "person") yield* seat(follower, caller.session).pipe(Effect.onError(() => Effect.sync(() => follower.close())))
  return new Response(follower.body, { headers: { "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no" } })
})

/** The ledger, live, as server-sent events. */
export const streamRoutes = (respond: Respond<Feed | Audience | Sessions>, callerOf: (request: Request) => Caller) =>
  new Elysia().get(
    "/v1/ci-healing/stream",
    ({ request, server }) => {
      // A quiet stream is no idle connection.
      server?.timeout(request, 0)
      return respond(follow(request, callerOf(request)))
    },
    {
      detail: {
        summary: "Every ledger entry, live; resumes by Last-Event-ID without a gap",
        tags: ["stream"],
        parameters: [
          { name: "runId", in: "query", required: false, schema: { type: "string" } },
          { name: "after", in: "query", required: false, schema: { type: "integer" } },
          { name: "Last-Event-ID", in: "header", required: false, schema: { type: "integer" } },
        ],
      },
    },
  )
