/** Gives a directory to the sandbox's user, once, when it is made: the layers below a view, not every view. */
import { Effect, Schema } from "effect"
import { runToEnd } from "../process/run-to-end.ts"
import type { SandboxUser } from "../sandbox/Sandbox.ts"

class OwnershipRefused extends Schema.TaggedError<OwnershipRefused>()("OwnershipRefused", { reason: Schema.String }) {}

/** Changes owner and group of everything below `directory`, itself included, following no link. Needs no right when it is ours already. */
export const prepareOwnership = Effect.fn("prepare-ownership")(function* (directory: string, { uid, gid }: SandboxUser) {
  const { code, output } = yield* runToEnd(["chown", "--recursive", "--no-dereference", "-P", `${uid}:${gid}`, "--", directory])
  if (code !== 0) return yield* new OwnershipRefused({ reason: output.trim().slice(0, 300) })
})
