import { HttpError } from "@ci-fix-pilot/contract/http"
import { Clock, Context, Effect, Layer } from "effect"

const windowMs = 60_000
/** Wrong tokens that are answered at once in a window: from one address, and from all. */
const perAddress = 10
const fromAll = 100
/** How long the answer to any further one is held back. */
const hold = "1 second"

/**
 * Slows who guesses the token. Only wrong tokens come here, a right one is always let in: many people share an address behind a proxy, and a
 * flood from anywhere must not lock anybody out. So it is the length of the token that keeps it, and this that keeps guessing slow.
 */
export class Tries extends Context.Service<
  Tries,
  {
    /** This address showed a wrong token: fails with `wrong`, or after a while with 429 where there were too many. */
    readonly refuse: (address: string, wrong: HttpError) => Effect.Effect<never, HttpError>
  }
>()("ci-fix-pilot/api/Tries") {
  static readonly layer = Layer.sync(Tries, () => {
    let counted: ReadonlyArray<{ readonly address: string; readonly at: number }> = []
    return Tries.of({
      refuse: Effect.fnUntraced(function* (address: string, wrong: HttpError) {
        const now = yield* Clock.currentTimeMillis
        counted = counted.filter(({ at }) => at > now - windowMs)
        const own = counted.filter((one) => one.address === address)
        const oldest = own.length >= perAddress ? own[0] : counted.length >= fromAll ? counted[0] : undefined
        if (oldest === undefined) {
          counted = [...counted, { address, at: now }]
          return yield* wrong
        }
        const retryAfter = Math.max(1, Math.ceil((oldest.at + windowMs - now) / 1_000))
        yield* Effect.sleep(hold)
        return yield* new HttpError({ code: "rate-limited", message: "too many wrong tokens; a right one is still let in", retryAfter })
      }),
    })
  })
}
