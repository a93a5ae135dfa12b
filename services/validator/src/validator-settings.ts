/** What an operator may say about how commits are tried. */
import { Config, Option, Schema } from "effect"

const whole = (name: string, fallback: number, minimum: number, maximum: number) =>
  Config.schema(Schema.Int.check(Schema.isBetween({ minimum, maximum })), name).pipe(Config.withDefault(fallback))

export const validatorSettings = Config.all({
  /** Runs instead of whatever the repository says. */
  override: Config.option(Config.NonEmptyString("CI_HEALING_CONTAINER_VALIDATE_COMMAND")).pipe(Config.map(Option.getOrUndefined)),
  /** Wall time of one command, ms. */
  timeoutMs: whole("CI_HEALING_CONTAINER_VALIDATE_TIMEOUT_MS", 600_000, 1_000, 24 * 3_600_000),
  /** Memory of one command, MiB. */
  memoryMb: whole("CI_HEALING_SANDBOX_MEMORY_MB", 2048, 64, 4_194_304),
  /** Commands of the validator handled at once by one process; each holds a sandbox. */
  concurrency: whole("CI_HEALING_VALIDATOR_CONCURRENCY", 2, 1, 1_000),
})

export type ValidatorSettings = Config.Success<typeof validatorSettings>
