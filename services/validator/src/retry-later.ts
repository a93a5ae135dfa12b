import { backoffMs } from "@ci-fix-pilot/actor/backoff"
import { Retry } from "@ci-fix-pilot/actor/outcome"
import { Effect } from "effect"

/**
 * A sandbox or workspace that cannot work now says nothing about a commit or a patch: the command is tried again, soon at first, as what
 * it needs may only be starting anew.
 */
export const retryLater = (commandId: string) => (error: { readonly message: string }) =>
  Effect.flatMap(backoffMs(commandId), (afterMs) => Effect.fail(new Retry({ reason: error.message.slice(0, 2_000), afterMs })))
