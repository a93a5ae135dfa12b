import { HttpError } from "@ci-fix-pilot/contract/http"
import { Resent } from "@ci-fix-pilot/contract/metrics-view"
import { Effect, Option, Schedule, Schema } from "effect"
import { Elysia } from "elysia"
import type { Caller } from "../authorize.ts"
import { DeadLetters } from "../DeadLetters.ts"
import { plain } from "../plain-text.ts"
import { describeBody, jsonBodyOf } from "../read-json.ts"
import type { Respond } from "../respond.ts"

/** How long a person waits for what the planner makes of it. */
const patience = "5 seconds"
const looks = Schedule.spaced("100 millis")

const isName = Schema.is(Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/u)))
const isKey = Schema.is(Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(200)))
const ResendBody = Schema.Struct({ reviewer: Schema.optionalKey(Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(100))) })
const read = jsonBodyOf("resend", ResendBody)

const missing = new HttpError({ code: "not-found", message: "there is no such dead letter" })
const unreadable = new HttpError({
  code: "invalid",
  message: "it cannot be sent again: no message can be read in it, or the planner notices it by itself",
})
const badKey = new HttpError({ code: "invalid", message: "the idempotency key must have 1 to 200 characters" })

const resend = Effect.fn("api.resend")(function* (id: string, request: Request, caller: Caller) {
  const letters = yield* DeadLetters
  const { reviewer = "api" } = yield* read(request)
  const key = request.headers.get("idempotency-key") ?? crypto.randomUUID()
  if (!isKey(key)) return yield* badKey
  if (!isName(id)) return yield* missing
  const by = caller.is === "person" ? caller.session.reviewer : plain(reviewer, 100)
  yield* letters.resend(id, key, by).pipe(
    Effect.catchTag("NoSuchLetter", () => Effect.fail(missing)),
    Effect.catchTag("NotResendable", () => Effect.fail(unreadable)),
    Effect.catchTag("SentBefore", ({ how }) => Effect.fail(new HttpError({ code: "conflict", message: how }))),
  )
  const settled = letters
    .resent(id)
    .pipe(
      Effect.repeat({ schedule: looks, until: (now) => Option.isSome(now) && now.value.result !== "pending" }),
      Effect.timeoutOrElse({ duration: patience, orElse: () => letters.resent(id) }),
    )
  const resent = Option.getOrUndefined(yield* settled)
  if (resent === undefined) return yield* missing
  return Response.json(resent, { status: resent.result === "pending" ? 202 : 200 })
})

/** What could not be applied may be tried once more, when the reason is gone. */
export const deadLetterRoutes = (respond: Respond<DeadLetters>, callerOf: (request: Request) => Caller) =>
  new Elysia().post(
    "/v1/ci-healing/system/dead-letters/:id/actions/resend",
    ({ params, request }) => respond(resend(params.id, request, callerOf(request))),
    {
      parse: "none",
      response: { 200: Schema.toStandardSchemaV1(Resent), 202: Schema.toStandardSchemaV1(Resent) },
      detail: {
        summary: "Send a message again that could not be applied",
        tags: ["system"],
        parameters: [{ name: "Idempotency-Key", in: "header", required: false, schema: { type: "string", maxLength: 200 } }],
        requestBody: describeBody(ResendBody),
      },
    },
  )
