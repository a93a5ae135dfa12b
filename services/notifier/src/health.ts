/** The notifier is always ready: nothing waits for it. It says when its channel is not. */
import { HealthCheck } from "@ci-fix-pilot/actor/health"
import { Effect, Layer } from "effect"
import * as live from "./Slack.live.ts"
import { Slack } from "./Slack.ts"

const check = Effect.map(Slack, ({ notes }) => Effect.map(notes, (said) => ({ ready: true, notes: said })))

export const layer = Layer.effect(HealthCheck, check).pipe(Layer.provide(live.layer))
