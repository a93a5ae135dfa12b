import { HttpError } from "@ci-fix-pilot/contract/http"
import { Clock, Context, Effect, Layer } from "effect"

const windowMs = 60_000
/** Wrong tokens that are listened to in a window: from one address, and from all. */
const perAddress = 10
const fromAll = 100

/** Keeps the token from being guessed: who was wrong too often is not listened to for a while. */
export class Tries extends Context.Service<
  Tries,
  {
    /** Fails with 429 while the address, or all together, were wrong too often. */
    readonly admit: (address: string) => Effect.Effect<void, HttpError>
    /** This address was wrong. */
    readonly count: (address: string) => Effect.Effect<void>
  }
>()("ci-fix-pilot/api/Tries") {
  static readonly layer = Layer.sync(Tries, () => {
    let wrong: ReadonlyArray<{ readonly address: string; readonly at: number }> = []
    return Tries.of({
      admit: (address) =>
        Effect.gen(function* () {
          const now = yield* Clock.currentTimeMillis
          wrong = wrong.filter(({ at }) => at > now - windowMs)
          const own = wrong.filter((one) => one.address === address)
          const oldest = own.length >= perAddress ? own[0] : wrong.length >= fromAll ? wrong[0] : undefined
          if (oldest === undefined) return
          const retryAfter = Math.max(1, Math.ceil((oldest.at + windowMs - now) / 1_000))
          return yield* new HttpError({ code: "rate-limited", message: "too many wrong tokens; try again later", retryAfter })
        }),
      count: (address) =>
        Effect.map(Clock.currentTimeMillis, (at) => {
          wrong = [...wrong.slice(-fromAll), { address, at }]
        }),
    })
  })
}
