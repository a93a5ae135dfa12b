import { Effect, Layer } from "effect"
import { failOver } from "./fail-over.ts"
import { type Asks, Model } from "./Model.ts"
import { type VendorName, type VendorSettings, vendors } from "./vendor-settings.ts"

/** An SDK is loaded only for whoever has its key. */
const makers: Readonly<Record<VendorName, (settings: VendorSettings) => Promise<Asks>>> = {
  anthropic: async (settings) => (await import("./Model.anthropic.ts")).makeAnthropic(settings),
  openai: async (settings) => (await import("./Model.openai.ts")).makeOpenAi(settings),
}

/** The configured models: `CI_HEALING_AI_PROVIDER` and the keys decide which, in which order, or that there is none. */
export const layer = Layer.effect(
  Model,
  Effect.gen(function* () {
    const made = yield* Effect.forEach(yield* vendors, ({ vendor, settings }) => Effect.promise(() => makers[vendor](settings)))
    const model = failOver(made)
    yield* Effect.logInfo("models", { models: model.name })
    return Model.of(model)
  }),
)
