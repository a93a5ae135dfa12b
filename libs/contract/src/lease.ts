import { Schema } from "effect"

/** A question to the planner: may this holder (still) work on this dispatch of the command? */
export const LeaseRequest = Schema.Struct({
  commandId: Schema.String.check(Schema.isMaxLength(200)),
  dispatch: Schema.Int,
  holder: Schema.String.check(Schema.isMaxLength(100)),
})
export type LeaseRequest = typeof LeaseRequest.Type

/** `go`: yours for 2 s. `busy`: somebody lives. `stale`: answered, closed or a newer dispatch; stop and clean up. */
export const LeaseAnswer = Schema.Struct({ lease: Schema.Literals(["go", "busy", "stale"]) })
export type LeaseAnswer = typeof LeaseAnswer.Type

/** A lease lapses after this long without renewal (ms); holders renew four times as often. */
export const leaseMs = 2_000
export const renewEveryMs = 500
/** Who is told `busy` asks again after this long (ms). */
export const busyAfterMs = 250
