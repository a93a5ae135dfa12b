import { Context, Layer } from "effect"
import { type ValidatorSettings, validatorSettings } from "./validator-settings.ts"

/** What the operator said about how commits are tried, read once at the start: what makes no sense stops the service, never a run. */
export class ValidatorConfig extends Context.Service<ValidatorConfig, ValidatorSettings>()("ci-fix-pilot/ValidatorConfig") {
  static readonly layer = Layer.effect(ValidatorConfig, validatorSettings)
}
