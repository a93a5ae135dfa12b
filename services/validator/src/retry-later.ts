import { Retry } from "@ci-fix-pilot/actor/outcome"
import { Effect } from "effect"

const afterMs = 5_000

/** A sandbox or workspace that cannot work now says nothing about a commit or a patch: the command is tried again later. */
export const retryLater = (error: { readonly message: string }) =>
  Effect.fail(new Retry({ reason: error.message.slice(0, 2_000), afterMs }))
