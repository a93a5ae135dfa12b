import { Effect, Layer, Redacted, Ref, Semaphore } from "effect"
import { Slack, SlackFailed } from "./Slack.ts"

const timeoutMs = 10_000
/** Slack takes about one message a second for a webhook (https://docs.slack.dev/apis/web-api/rate-limits). */
const spacing = "1 second"
/** After so many refusals in a row the channel counts as gone. */
const refusalsUntilOff = 3

const failureOf = async (response: Response): Promise<SlackFailed> => {
  const said = (await response.text()).slice(0, 200)
  const wait = Number(response.headers.get("retry-after"))
  if (response.status === 429)
    return new SlackFailed({
      why: "Slack asks to wait",
      permanent: false,
      afterMs: (Number.isFinite(wait) ? Math.max(1, wait) : 30) * 1_000,
    })
  return new SlackFailed({ why: `Slack answered ${response.status}: ${said}`, permanent: response.status >= 400 && response.status < 500 })
}

const send = (url: string, body: string) =>
  Effect.tryPromise({
    try: (signal) =>
      fetch(url, {
        method: "POST",
        body,
        headers: { "content-type": "application/json" },
        redirect: "error",
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      }),
    // Never the error's own words: they may hold the address, which is a secret.
    catch: () => new SlackFailed({ why: "Slack did not answer", permanent: false }),
  }).pipe(
    Effect.flatMap((response) =>
      response.ok
        ? Effect.void
        : Effect.flatMap(
            Effect.promise(() => failureOf(response)),
            Effect.fail,
          ),
    ),
  )

/** A Slack incoming webhook. Its address is a secret and is never logged. */
export const layer = (url: Redacted.Redacted) =>
  Layer.effect(
    Slack,
    Effect.gen(function* () {
      const oneAtATime = yield* Semaphore.make(1)
      const refusals = yield* Ref.make(0)
      const post = (body: string) =>
        send(Redacted.value(url), body).pipe(
          Effect.tap(() => Ref.set(refusals, 0)),
          Effect.as("slack" as const),
          Effect.tapError((error) =>
            error.permanent
              ? Effect.andThen(
                  Ref.update(refusals, (n) => n + 1),
                  Effect.logWarning("Slack refused a message", { why: error.why }),
                )
              : Effect.void,
          ),
          Effect.andThen((channel) => Effect.as(Effect.sleep(spacing), channel)),
        )
      return Slack.of({
        post: (message) =>
          oneAtATime.withPermits(1)(
            Effect.flatMap(Ref.get(refusals), (count) =>
              count >= refusalsUntilOff ? Effect.succeed("off" as const) : post(JSON.stringify(message)),
            ),
          ),
      })
    }),
  )
