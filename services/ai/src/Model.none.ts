import { Effect, Layer } from "effect"
import { Model, NoModel } from "./Model.ts"

/** No model: nothing is offered, nothing is asked. */
export const layer = Layer.succeed(
  Model,
  Model.of({ name: "none", available: Effect.succeed(false), ask: () => Effect.fail(new NoModel()) }),
)
