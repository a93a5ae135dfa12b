import type { Bus } from "@ci-fix-pilot/actor/Bus"
import type { EventData } from "@ci-fix-pilot/contract/events"
import { HttpError } from "@ci-fix-pilot/contract/http"
import { RunId, Sha256 } from "@ci-fix-pilot/contract/ids"
import { ReviewAnswer } from "@ci-fix-pilot/contract/run-view"
import { ReviewAction, ReviewedPhase } from "@ci-fix-pilot/contract/values"
import { Effect, Option, Schema } from "effect"
import { Elysia } from "elysia"
import type { Caller } from "../authorize.ts"
import { findReview, giveReview } from "../give-review.ts"
import { plain } from "../plain-text.ts"
import { StorableText } from "../query-values.ts"
import type { Reviews } from "../Reviews.ts"
import { describeBody, jsonBodyOf } from "../read-json.ts"
import type { Respond } from "../respond.ts"

const standard = Schema.toStandardSchemaV1
const Key = StorableText(200).check(Schema.isMinLength(1))

/** What a reviewer says with an action; all of it may be left out. */
const ReviewBody = Schema.Struct({
  note: Schema.optionalKey(Schema.String.check(Schema.isMaxLength(2_000))),
  reviewer: Schema.optionalKey(Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(100))),
  idempotencyKey: Schema.optionalKey(Key),
  patchSha256: Schema.optionalKey(Sha256),
  expectedPhase: Schema.optionalKey(ReviewedPhase),
})
const read = jsonBodyOf("review", ReviewBody)

const isRunId = Schema.is(RunId)
const isKey = Schema.is(Key)
const isReview = Schema.is(Schema.String.check(Schema.isPattern(/^[0-9a-f]{32}$/u)))
const noSuchRun = (runId: string) => new HttpError({ code: "not-found", message: `there is no run ${runId.slice(0, 60)}` })
const noSuchReview = new HttpError({ code: "not-found", message: "there is no such review of this run" })
const badKey = new HttpError({
  code: "invalid",
  message: "the idempotency key must have 1 to 200 characters",
  fields: [{ field: "idempotency-key", message: "Expected 1 to 200 characters" }],
})

const answer = (given: ReviewAnswer): Effect.Effect<Response, HttpError> => {
  const location = `/v1/ci-healing/runs/${given.runId}/reviews/${given.review}`
  if (given.result === "pending") return Effect.succeed(Response.json(given, { status: 202, headers: { location } }))
  if (given.result === "applied") return Effect.succeed(Response.json(given))
  return Effect.fail(
    new HttpError({ code: "conflict", message: given.why ?? `the run is ${given.status}`, current: { status: given.status } }),
  )
}

const act = Effect.fn("api.act")(function* (runId: string, action: EventData<"review-given">["action"], request: Request, caller: Caller) {
  if (!isRunId(runId)) return yield* noSuchRun(runId)
  const { note, reviewer = "api", idempotencyKey, patchSha256, expectedPhase } = yield* read(request)
  const key = request.headers.get("idempotency-key") ?? idempotencyKey ?? crypto.randomUUID()
  if (!isKey(key)) return yield* badKey
  const given = yield* giveReview(runId, key, {
    action,
    // Whoever signed in decides in their own name, whatever the body says.
    reviewer: caller.is === "person" ? caller.session.reviewer : plain(reviewer, 100),
    ...(note === undefined || note === "" ? {} : { note: plain(note, 2_000) }),
    ...(patchSha256 === undefined ? {} : { patchSha256 }),
    ...(expectedPhase === undefined ? {} : { expectedPhase }),
  })
  return yield* answer(given)
})

const look = Effect.fn("api.look-at-review")(function* (runId: string, review: string) {
  const found = isRunId(runId) && isReview(review) ? yield* findReview(runId, review) : Option.none()
  return yield* answer(yield* Effect.fromOption(found).pipe(Effect.mapError(() => noSuchReview)))
})

/** What a reviewer may do with a run. The first committed word wins; the other gets 409 with the current state. */
export const actionRoutes = (respond: Respond<Reviews | Bus>, callerOf: (request: Request) => Caller) =>
  new Elysia()
    .post(
      "/v1/ci-healing/runs/:runId/actions/:action",
      ({ params, request }) => respond(act(params.runId, params.action, request, callerOf(request))),
      {
        parse: "none",
        params: standard(Schema.Struct({ runId: Schema.String, action: ReviewAction })),
        response: { 200: standard(ReviewAnswer), 202: standard(ReviewAnswer) },
        detail: {
          summary: "Approve, deny, abort, or say that a person fixed it",
          tags: ["reviews"],
          parameters: [{ name: "Idempotency-Key", in: "header", required: false, schema: { type: "string", maxLength: 200 } }],
          requestBody: describeBody(ReviewBody),
        },
      },
    )
    .get("/v1/ci-healing/runs/:runId/reviews/:review", ({ params }) => respond(look(params.runId, params.review)), {
      response: { 200: standard(ReviewAnswer) },
      detail: { summary: "How a review ended", tags: ["reviews"] },
    })
