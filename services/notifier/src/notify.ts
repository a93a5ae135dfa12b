/**
 * Tells people about a run.
 *
 * Consumes: `notifier.notify`. Emits: `notified`.
 * Safe to repeat because at worst a message is seen twice; nothing waits for it.
 */
import * as Actor from "@ci-fix-pilot/actor/Actor"
import { Retry } from "@ci-fix-pilot/actor/outcome"
import { Config, Effect } from "effect"
import { messageOf } from "./message.ts"
import { Slack } from "./Slack.ts"

const wanted = Config.String("CI_HEALING_SLACK_EVENTS").pipe(Config.withDefault(""))

export const handle = Effect.fn("notifier.notify")(function* (command: Actor.CommandOf<"notifier.notify">) {
  const only = (yield* Effect.orDie(wanted))
    .split(",")
    .map((kind) => kind.trim())
    .filter(Boolean)
  if (only.length > 0 && !only.includes(command.data.kind)) return { type: "notified" as const, data: { channel: "off" as const } }
  const slack = yield* Slack
  const channel = yield* slack
    .post(messageOf(command.data))
    .pipe(
      Effect.catch((error) =>
        error.permanent
          ? Effect.succeed("off" as const)
          : Effect.fail(
              new Retry({ reason: error.why, ...(error.afterMs === undefined ? {} : { afterMs: error.afterMs, uncounted: true }) }),
            ),
      ),
    )
  return { type: "notified" as const, data: { channel } }
})

export const layer = Actor.make({ name: "notifier.notify", handle, concurrency: 4 })
