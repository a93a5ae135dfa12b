/** What an operator may say about how commits are tried. */
import { Config, Option } from "effect"

export const validatorSettings = Config.all({
  /** Runs instead of whatever the repository says. */
  override: Config.option(Config.NonEmptyString("CI_HEALING_CONTAINER_VALIDATE_COMMAND")).pipe(Config.map(Option.getOrUndefined)),
  /** Wall time of one command, ms. */
  timeoutMs: Config.Int("CI_HEALING_CONTAINER_VALIDATE_TIMEOUT_MS").pipe(Config.withDefault(600_000)),
  /** Memory of one command, MiB. */
  memoryMb: Config.Int("CI_HEALING_SANDBOX_MEMORY_MB").pipe(Config.withDefault(2048)),
  /** Commands of the validator handled at once by one process; each holds a sandbox. */
  concurrency: Config.Int("CI_HEALING_VALIDATOR_CONCURRENCY").pipe(Config.withDefault(2)),
})

export type ValidatorSettings = Config.Success<typeof validatorSettings>
