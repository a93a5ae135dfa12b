import { it } from "@effect/vitest"
import { ConfigProvider, Effect, Redacted } from "effect"
import { describe, expect } from "vitest"
import { vendors } from "./vendor-settings.ts"

const read = (env: Record<string, string>) =>
  vendors.pipe(Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnvRecord(env)))
const both = { ANTHROPIC_API_KEY: "a-key", OPENAI_API_KEY: "o-key" }

describe("the choice of models", () => {
  it.effect.each([
    ["nothing is set", {}, []],
    ["every variable is empty", { CI_HEALING_AI_PROVIDER: "", ANTHROPIC_API_KEY: "", OPENAI_API_KEY: " ", OPENAI_BASE_URL: "" }, []],
    ["both keys are there", both, ["anthropic", "openai"]],
    ["only the second key is there", { OPENAI_API_KEY: "o" }, ["openai"]],
    ["the second is chosen", { ...both, CI_HEALING_AI_PROVIDER: "openai" }, ["openai", "anthropic"]],
    ["none is chosen", { ...both, CI_HEALING_AI_PROVIDER: "none" }, []],
    ["the chosen one has no key", { OPENAI_API_KEY: "o", CI_HEALING_AI_PROVIDER: "anthropic" }, []],
  ] satisfies ReadonlyArray<[string, Record<string, string>, ReadonlyArray<string>]>)("when %s", ([, env, expected]) =>
    Effect.gen(function* () {
      expect((yield* read(env)).map(({ vendor }) => vendor)).toEqual(expected)
    }),
  )

  it.effect("takes models, addresses and prices from the environment, with sensible defaults", () =>
    Effect.gen(function* () {
      const [first, second] = yield* read({
        ...both,
        CLAUDE_DEFAULT_MODEL: "claude-opus-5-5",
        ANTHROPIC_BASE_URL: "http://127.0.0.1:9/x",
        OPENAI_DEFAULT_MODEL: "local-9b",
        CI_HEALING_AI_PRICES: '{"local-9b":{"input":0,"output":0}}',
      })
      expect(first?.settings).toMatchObject({ model: "claude-opus-5-5", baseUrl: "http://127.0.0.1:9/x", price: { input: 4, output: 20 } })
      expect(second?.settings).toMatchObject({ baseUrl: "https://api.openai.com/v1", price: { input: 0, output: 0 }, stallMs: 60_000 })
      expect(Redacted.value(first?.settings.apiKey ?? Redacted.make(""))).toBe("a-key")
      expect(JSON.stringify(first)).not.toContain("a-key")
    }),
  )

  it.effect.each([
    ["CI_HEALING_AI_PROVIDER", "claude"],
    ["ANTHROPIC_BASE_URL", "example.com"],
    ["OPENAI_BASE_URL", "file:///etc/passwd"],
    ["CI_HEALING_AI_PRICES", '{"x":{"input":"free"}}'],
    ["CI_HEALING_AI_STALL_TIMEOUT_MS", "soon"],
  ] satisfies ReadonlyArray<[string, string]>)("names %s when it is wrong", ([name, value]) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(read({ ...both, [name]: value }))
      expect(String(error)).toContain(name)
    }),
  )
})
