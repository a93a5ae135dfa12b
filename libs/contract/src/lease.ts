import { Schema } from "effect"

/** A question to the planner: may this holder (still) work on this dispatch of the command? */
export const LeaseRequest = Schema.Struct({
  commandId: Schema.String.check(Schema.isMaxLength(200)),
  dispatch: Schema.Int,
  holder: Schema.String.check(Schema.isMaxLength(100)),
})
export type LeaseRequest = typeof LeaseRequest.Type

/** `go`: yours for 3 s. `busy`: somebody lives. `stale`: answered, closed or a newer dispatch; stop and clean up. */
export const LeaseAnswer = Schema.Struct({ lease: Schema.Literals(["go", "busy", "stale"]) })
export type LeaseAnswer = typeof LeaseAnswer.Type

/** A lease lapses after this long without renewal (ms); holders renew each second. */
export const leaseMs = 3_000
export const renewEveryMs = 1_000
