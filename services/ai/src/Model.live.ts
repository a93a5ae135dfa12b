import { Effect, Layer } from "effect"
import { failOver } from "./fail-over.ts"
import { makeAnthropic } from "./Model.anthropic.ts"
import { makeOpenAi } from "./Model.openai.ts"
import { Model } from "./Model.ts"
import { vendors } from "./vendor-settings.ts"

const makers = { anthropic: makeAnthropic, openai: makeOpenAi }

/** The configured models: `CI_HEALING_AI_PROVIDER` and the keys decide which, in which order, or that there is none. */
export const layer = Layer.effect(
  Model,
  Effect.gen(function* () {
    const model = failOver((yield* vendors).map(({ vendor, settings }) => makers[vendor](settings)))
    yield* Effect.logInfo("models", { models: model.name })
    return Model.of(model)
  }),
)
