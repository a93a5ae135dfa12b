import { Config, Context, Effect, Layer } from "effect"

/** Whether this service may change anything on GitHub: `CI_HEALING_GITHUB_ENABLED`, true unless told. Reading stays possible. */
export class ChangesAllowed extends Context.Service<ChangesAllowed, { readonly allowed: boolean }>()("ci-fix-pilot/ChangesAllowed") {
  static readonly layer = Layer.effect(
    ChangesAllowed,
    Effect.gen(function* () {
      return ChangesAllowed.of({ allowed: yield* Config.Boolean("CI_HEALING_GITHUB_ENABLED").pipe(Config.withDefault(true)) })
    }),
  )
}
