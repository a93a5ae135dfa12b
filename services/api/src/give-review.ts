import { Bus } from "@ci-fix-pilot/actor/Bus"
import { crashPoint } from "@ci-fix-pilot/actor/crash-point"
import { nowIso } from "@ci-fix-pilot/actor/trace"
import { encodeMessage } from "@ci-fix-pilot/contract/envelope"
import type { EventData } from "@ci-fix-pilot/contract/events"
import { HttpError } from "@ci-fix-pilot/contract/http"
import type { RunId } from "@ci-fix-pilot/contract/ids"
import type { ReviewAnswer } from "@ci-fix-pilot/contract/run-view"
import { sha256Hex } from "@ci-fix-pilot/contract/sha256"
import { eventSubject } from "@ci-fix-pilot/contract/subjects"
import { Effect, Option, Schedule } from "effect"
import { type Outcome, type Review, Reviews } from "./Reviews.ts"

/** How long a reviewer waits for the planner's word before being told to come again. */
const patience = "5 seconds"
const prefix = "inbox:review:"

/** Looks often at first: the planner usually answers within milliseconds. */
const looks = Schedule.min([Schedule.exponential("10 millis", 1.5), Schedule.spaced("250 millis")])

/** A review's name in URLs. */
const reviewIdOf = (runId: RunId, key: string) => sha256Hex(`${runId}:${key}`).slice(0, 32)

const answerOf = (runId: RunId, review: string, action: ReviewAnswer["action"], outcome: Option.Option<Outcome>): ReviewAnswer =>
  Option.match(outcome, {
    onNone: () => ({ runId, review, action, result: "pending", status: "unknown" }),
    onSome: ({ result, status, why }) => ({
      runId,
      review,
      action,
      result: result === "applied" ? "applied" : "conflict",
      status,
      ...(why === undefined ? {} : { why }),
    }),
  })

/** How a review stands; none when there is no such review of this run. */
export const findReview = Effect.fn("api.find-review")(function* (runId: RunId, review: string) {
  const given = yield* Reviews.use((reviews) => reviews.find(`${prefix}${review}`))
  return Option.filter(given, (one) => one.runId === runId).pipe(
    Option.map(({ action, outcome }) => answerOf(runId, review, action, outcome)),
  )
})

const random = (bytes: number) => Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString("hex")

/** Tells the planner sooner than its sweep would find it; nothing is lost when nobody hears. */
const say = (review: Review) =>
  Effect.gen(function* () {
    const bus = yield* Bus
    const { messageId, runId, traceparent, data } = review
    const message = { id: messageId, at: yield* nowIso, runId, traceparent, type: "review-given", data } as const
    yield* bus.publish(eventSubject("api", "review-given"), encodeMessage(message), messageId)
  }).pipe(Effect.catchCause((cause) => Effect.logDebug("left to the sweep", cause)))

/** Stores a reviewer's word, tells the planner, and waits a while for what it makes of it. */
export const giveReview = Effect.fn("api.give-review")(function* (runId: RunId, key: string, data: EventData<"review-given">) {
  const reviews = yield* Reviews
  const review = reviewIdOf(runId, key)
  const word: Review = { runId, key, messageId: `${prefix}${review}`, traceparent: `00-${random(16)}-${random(8)}-01`, data }
  const isNew = yield* reviews.store(word).pipe(
    Effect.catchTag("NoSuchRun", () => Effect.fail(new HttpError({ code: "not-found", message: `there is no run ${runId}` }))),
    Effect.catchTag("KeyReused", () =>
      Effect.fail(new HttpError({ code: "key-reused", message: "this idempotency key was used for another action" })),
    ),
  )
  yield* crashPoint("api.give-review:committed")
  if (isNew) yield* Effect.forkDetach(say(word))
  const outcome = reviews.find(word.messageId).pipe(Effect.map(Option.flatMap((given) => given.outcome)))
  yield* crashPoint("api.give-review:announced")
  const settled = yield* outcome.pipe(
    Effect.repeat({ schedule: looks, until: Option.isSome }),
    Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.succeed(Option.none<Outcome>()) }),
  )
  return answerOf(runId, review, data.action, settled)
})
