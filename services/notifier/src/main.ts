import { run } from "@ci-fix-pilot/actor/run-main"
import { Layer } from "effect"
import { layer as health } from "./health.ts"
import * as notify from "./notify.ts"
import * as Slack from "./Slack.live.ts"

export const layer = notify.layer.pipe(Layer.provide(Slack.layer))

if (import.meta.main) run("notifier", layer, health)
