import { Clock, Effect, Layer, Redacted, Ref } from "effect"
import { makeOnce } from "./once.ts"
import { atOnce, holdUntil, isHeld, type Pace, takeTurn } from "./pace.ts"
import { Slack, SlackFailed } from "./Slack.ts"
import { failureOf } from "./slack-answer.ts"

/** What the channel has been like. Times in ms of the clock that only goes forward. */
interface Channel {
  readonly pace: Pace
  /** In a row, and what Slack said of the last one. */
  readonly refusals: number
  readonly outages: number
  readonly why: string
  /** No message is tried before this. */
  readonly closedUntil: number
}

const defaultTimeoutMs = 10_000
/** After so many refusals in a row the channel counts as gone: the webhook was revoked, the channel archived. */
const refusalsUntilOff = 3
const offMs = 3_600_000
/** How long Slack is left alone after it did not answer: 15 s, three times as long after each further time. */
const leaveAloneMs = (outages: number) => Math.min(3_600_000, 15_000 * 3 ** (outages - 1))
/** More than are ever on their way at once. */
const rememberedKeys = 2_000

const now = Effect.map(Clock.monotonicTimeNanos, (nanos) => Number(nanos / 1_000_000n))

/** The word that explains a refusal. The head says all the rest: a body that breaks must not make a posted message look lost. */
const firstPiece = async ({ body, status }: Response): Promise<string> => {
  const reader = body?.getReader()
  const piece = status >= 400 && status < 500 ? await reader?.read().catch(() => undefined) : undefined
  reader?.cancel().catch(() => undefined)
  return Buffer.from(piece?.value ?? []).toString("utf8", 0, 100)
}

/** Sends once. Never repeats the error's own words: they may hold the address, which is a secret. */
const send = (url: string, body: string, timeoutMs: number) =>
  Effect.tryPromise({
    try: async (signal) => {
      const response = await fetch(url, {
        method: "POST",
        body,
        headers: { "content-type": "application/json" },
        redirect: "manual",
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      })
      const text = await firstPiece(response)
      return failureOf(response.status, response.headers.get("retry-after"), text)
    },
    catch: () => new SlackFailed({ kind: "away", why: "Slack did not answer", afterMs: 0 }),
  }).pipe(Effect.flatMap((failure) => (failure === undefined ? Effect.void : Effect.fail(failure))))

/** The channel after a failure, and the failure with the time to come again. */
const noteFailure = (channel: Channel, failure: SlackFailed, at: number): readonly [SlackFailed, Channel] => {
  const { kind, why } = failure
  if (kind === "refused") {
    const refusals = channel.refusals + 1
    return [failure, { ...channel, refusals, why, closedUntil: refusals >= refusalsUntilOff ? at + offMs : 0 }]
  }
  const outages = kind === "away" ? channel.outages + 1 : channel.outages
  const afterMs = kind === "away" ? leaveAloneMs(outages) : failure.afterMs
  return [new SlackFailed({ kind, why, afterMs }), { ...channel, outages, why, pace: holdUntil(channel.pace, at + afterMs) }]
}

const noteTaken = (channel: Channel): Channel => ({ ...channel, refusals: 0, outages: 0, why: "", closedUntil: 0 })

const notesOf = ({ refusals, outages, why }: Channel): ReadonlyArray<string> => {
  if (refusals >= refusalsUntilOff)
    return [`${why}, ${refusals} times in a row: nothing is posted, one message an hour is tried; check CI_HEALING_SLACK_WEBHOOK_URL`]
  return outages >= refusalsUntilOff ? [`${why}, ${outages} times in a row: messages wait until it does`] : []
}

/** A Slack incoming webhook. Its address is a secret and is never logged. */
export const make = (url: Redacted.Redacted, timeoutMs = defaultTimeoutMs) =>
  Effect.gen(function* () {
    const state = yield* Ref.make<Channel>({ pace: atOnce, refusals: 0, outages: 0, why: "", closedUntil: 0 })
    const once = makeOnce<"slack" | "off", SlackFailed>(
      rememberedKeys,
      () => new SlackFailed({ kind: "wait", why: "the notifier is stopping", afterMs: 1_000 }),
    )

    const takeTurnAt = (at: number) =>
      Ref.modify(state, (channel) => {
        const [turn, pace] = takeTurn(channel.pace, at)
        return [turn, { ...channel, pace }]
      })

    const attempt = (body: string) =>
      send(Redacted.value(url), body, timeoutMs).pipe(
        Effect.tap(() => Ref.update(state, noteTaken)),
        Effect.as("slack" as const),
        Effect.catch((failure) =>
          Effect.flatMap(now, (at) =>
            Effect.flatMap(
              Ref.modify(state, (channel) => noteFailure(channel, failure, at)),
              Effect.fail,
            ),
          ),
        ),
      )

    /** Whoever comes first after an hour is the one that is tried. */
    const isClosed = (at: number) =>
      Ref.modify(state, (channel) =>
        at < channel.closedUntil
          ? [true, channel]
          : [false, { ...channel, closedUntil: channel.refusals >= refusalsUntilOff ? at + offMs : 0 }],
      )

    const postNow = (body: string): Effect.Effect<"slack" | "off", SlackFailed> =>
      Effect.gen(function* () {
        if (yield* isClosed(yield* now)) return "off" as const
        const turn = yield* takeTurnAt(yield* now)
        if ("comeAgainInMs" in turn)
          return yield* new SlackFailed({ kind: "wait", why: "other messages go first", afterMs: turn.comeAgainInMs })
        // Interrupted here, nothing is lost: nothing was sent, and the command is still there.
        yield* Effect.sleep(turn.inMs)
        const { pace } = yield* Ref.get(state)
        return yield* isHeld(pace, yield* now) ? postNow(body) : attempt(body)
      })

    return Slack.of({
      post: (key, message) => once(key, postNow(JSON.stringify(message))),
      notes: Effect.map(Ref.get(state), notesOf),
    })
  })

/** One webhook for the life of the scope. */
export const layer = (url: Redacted.Redacted) => Layer.effect(Slack, make(url))
