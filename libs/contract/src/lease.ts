import { Schema } from "effect"

/** A question to the planner: may this holder (still) work on this dispatch of the command? */
export const LeaseRequest = Schema.Struct({
  commandId: Schema.String.check(Schema.isMaxLength(200)),
  dispatch: Schema.Int,
  holder: Schema.String.check(Schema.isMaxLength(100)),
})
export type LeaseRequest = typeof LeaseRequest.Type

/**
 * `go`: yours for 1.5 s. `busy`: another holder lives. `stale`: answered, closed or a newer dispatch; stop and clean up. `silent`: the planner
 * could not say; to the asker that is as good as no answer.
 */
export const LeaseAnswer = Schema.Struct({ lease: Schema.Literals(["go", "busy", "stale", "silent"]) })
export type LeaseAnswer = typeof LeaseAnswer.Type

/** A lease lapses after this long without renewal (ms); holders renew four times as often. */
export const leaseMs = 1_500
export const renewEveryMs = 375
/**
 * An asker waits this long (ms). One answer may get lost without losing the lease: a renewal, this wait and the next renewal fit into it.
 * What is left of the lease after a `go` that came as late as this is what its holder has to act on it.
 */
export const askTimeoutMs = 600
/** A holder that is told `busy` asks again after this long (ms): the holder may have died, and nothing should wait much longer than its lease. */
export const busyAfterMs = 100
