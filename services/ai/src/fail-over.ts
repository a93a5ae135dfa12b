import { Clock, Effect } from "effect"
import { type Asks, ModelAway, type ModelRequest, NoModel, VendorRefused } from "./Model.ts"

/** Failures in a row after which a vendor is left alone, and for how long (ms). */
const triesBeforeFailOver = 4
const awayMs = 60_000
const refusedMs = 600_000

interface Standing {
  readonly vendor: Asks
  failures: number
  refused: boolean
  /** Monotonic time (ms) until which the others go first. */
  outUntil: number
}

const monotonicMs = Effect.map(Clock.currentTimeNanos, (nanos) => Number(nanos / 1_000_000n))

/**
 * Several vendors as one. A refused key costs nothing, so the next vendor is asked at once. A vendor that was away may have billed
 * for it, so its failure is the call's failure, and the caller's next try counts and reserves anew; after four in a row the others go
 * first for a minute. With nobody else left, the one that is out is still asked.
 */
export const failOver = (vendors: ReadonlyArray<Asks>): Asks => {
  const standings: ReadonlyArray<Standing> = vendors.map((vendor) => ({ vendor, failures: 0, refused: false, outUntil: 0 }))

  const ask = Effect.fnUntraced(function* (request: ModelRequest) {
    const now = yield* monotonicMs
    const inOrder = [...standings.filter((each) => each.outUntil <= now), ...standings.filter((each) => each.outUntil > now)]
    let refusal: VendorRefused | NoModel = new NoModel()
    for (const standing of inOrder) {
      const result = yield* Effect.result(standing.vendor.ask(request))
      if (result._tag === "Success") {
        standing.failures = 0
        standing.refused = false
        standing.outUntil = 0
        return result.success
      }
      const { failure } = result
      if (failure instanceof ModelAway) yield* countFailure(standing, now)
      if (!(failure instanceof VendorRefused)) return yield* Effect.fail(failure)
      standing.refused = true
      standing.outUntil = now + refusedMs
      refusal = failure
      yield* Effect.logError("a model refuses its key, account or name", { model: standing.vendor.name, reason: failure.reason })
    }
    return yield* Effect.fail(refusal)
  })

  return {
    name: vendors.map((vendor) => vendor.name).join(", then ") || "none",
    available: Effect.sync(() => standings.some((standing) => !standing.refused)),
    ask,
  }
}

const countFailure = (standing: Standing, now: number) => {
  standing.failures += 1
  if (standing.failures < triesBeforeFailOver) return Effect.void
  standing.failures = 0
  standing.outUntil = now + awayMs
  return Effect.logWarning("a model is away", { model: standing.vendor.name })
}
