import { Usage } from "@ci-fix-pilot/contract/values"
import { Schema } from "effect"

/** The world is broken for now; the same command may go well later. `uncounted`: told to wait (a rate limit), so the try does not count. */
export class Retry extends Schema.TaggedError<Retry>()("Retry", {
  reason: Schema.String,
  afterMs: Schema.optionalKey(Schema.Int),
  uncounted: Schema.optionalKey(Schema.Boolean),
  /** What the try has cost all the same. */
  usage: Schema.optionalKey(Usage),
}) {
  override get message() {
    return this.reason
  }
}

/** The world is broken in a way that no repetition mends: bad credentials, a missing permission. The command ends `failed-for-good`. */
export class Terminal extends Schema.TaggedError<Terminal>()("Terminal", {
  reason: Schema.String,
  usage: Schema.optionalKey(Usage),
}) {
  override get message() {
    return this.reason
  }
}
