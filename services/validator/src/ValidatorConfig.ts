import { Config, Context, Effect, Layer, Option, Schema } from "effect"

const whole = (name: string, fallback: number, minimum: number, maximum: number) =>
  Config.schema(Schema.Int.check(Schema.isBetween({ minimum, maximum })), name).pipe(Config.withDefault(fallback))

const fromEnvironment = Config.all({
  /** Runs instead of whatever the repository says. */
  override: Config.option(Config.NonEmptyString("CI_HEALING_CONTAINER_VALIDATE_COMMAND")).pipe(Config.map(Option.getOrUndefined)),
  /** Wall time of one command, ms. */
  timeoutMs: whole("CI_HEALING_CONTAINER_VALIDATE_TIMEOUT_MS", 600_000, 1_000, 24 * 3_600_000),
  /** Memory of one command, MiB. */
  memoryMb: whole("CI_HEALING_SANDBOX_MEMORY_MB", 2048, 64, 4_194_304),
  /** Commands of the validator handled at once by one process; each holds a sandbox. */
  concurrency: whole("CI_HEALING_VALIDATOR_CONCURRENCY", 2, 1, 1_000),
})

export type ValidatorSettings = Config.Success<typeof fromEnvironment>

/** What an operator said about how commits are tried, read once at the start: what makes no sense stops the service, never a run. */
export class ValidatorConfig extends Context.Service<ValidatorConfig, ValidatorSettings>()("ci-fix-pilot/ValidatorConfig") {
  static readonly layer = Layer.effect(
    ValidatorConfig,
    Effect.gen(function* () {
      return yield* fromEnvironment
    }),
  )
}
