import { expect, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import { ValidatorConfig } from "./ValidatorConfig.ts"

const configured = (environment: Record<string, string>) =>
  ValidatorConfig.use(Effect.succeed).pipe(
    Effect.provide(ValidatorConfig.layer),
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnvRecord(environment)),
  )

it.effect("works with nothing set", () =>
  Effect.map(configured({}), (settings) => expect(settings).toMatchObject({ timeoutMs: 600_000, memoryMb: 2048, concurrency: 2 })),
)

it.effect.each([
  ["CI_HEALING_CONTAINER_VALIDATE_TIMEOUT_MS", "0"],
  ["CI_HEALING_CONTAINER_VALIDATE_TIMEOUT_MS", "ten minutes"],
  ["CI_HEALING_SANDBOX_MEMORY_MB", "-1"],
  ["CI_HEALING_VALIDATOR_CONCURRENCY", "0"],
] as const)("does not start, and names the variable: %s=%s", ([name, value]) =>
  Effect.map(Effect.flip(configured({ [name]: value })), (error) => expect(String(error)).toContain(name)),
)
