/**
 * Tells people about a run.
 *
 * Consumes: `notifier.notify`. Emits: `notified`.
 * Safe to repeat because a process posts a notice once; after a crash it is at worst seen twice. Nothing waits for it.
 */
import * as Actor from "@ci-fix-pilot/actor/Actor"
import { Retry } from "@ci-fix-pilot/actor/outcome"
import { readDispatchId } from "@ci-fix-pilot/contract/dispatch-id"
import { Effect, Layer } from "effect"
import { messageOf } from "./message.ts"
import { Slack, type SlackFailed } from "./Slack.ts"
import { type Kinds, wantedKinds } from "./wanted-kinds.ts"

/** Posts a notice of a kind that is wanted. A message that Slack will never take is given up, not repeated. */
export const handle = (wanted: Kinds) =>
  Effect.fn("notifier.notify")(function* (command: Actor.CommandOf<"notifier.notify">) {
    if (!wanted.has(command.data.kind)) return told("off")
    const slack = yield* Slack
    return told(yield* Effect.catch(slack.post(keyOf(command), messageOf(command.data)), onFailure))
  })

const told = (channel: "slack" | "off") => ({ type: "notified" as const, data: { channel } })

/** The same for every dispatch of a command. */
const keyOf = ({ id }: Actor.CommandOf<"notifier.notify">) => readDispatchId(id).commandId

/** A notice waits as long as it is news, which the planner's deadline says; Slack's outages are no tries of ours. */
const onFailure = ({ kind, why, afterMs }: SlackFailed) =>
  kind === "refused"
    ? Effect.as(Effect.logWarning("Slack refused a message", { why }), "off" as const)
    : Effect.fail(new Retry({ reason: why, afterMs, uncounted: true }))

/** Reads `CI_HEALING_SLACK_EVENTS`. */
export const layer = Layer.unwrap(
  Effect.map(wantedKinds, (wanted) => Actor.make({ name: "notifier.notify", handle: handle(wanted), concurrency: 4 })),
)
