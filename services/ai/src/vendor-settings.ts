import { Config, Effect, Redacted, Schema } from "effect"
import { listPrices, type Price, Prices, priceOf } from "./price.ts"

/** What a vendor's adapter needs. Times in ms: `stallMs` between two signs of life, `timeoutMs` for a whole answer. */
export interface VendorSettings {
  readonly apiKey: Redacted.Redacted
  readonly baseUrl: string
  readonly model: string
  readonly price: Price
  readonly stallMs: number
  readonly timeoutMs: number
}

export type VendorName = "anthropic" | "openai"

const HttpUrl = Schema.String.check(
  Schema.makeFilter((text) => text === "" || (/^https?:\/\//u.test(text) && URL.canParse(text)) || "expected an http or https address"),
)
const ms = (name: string, fallback: number) =>
  Config.schema(Schema.NumberFromString.check(Schema.isBetween({ minimum: 100, maximum: 3_600_000 })), name).pipe(
    Config.withDefault(fallback),
  )

/** Empty is as good as not set: that is how compose files pass what nobody chose. */
const text = (name: string, fallback: string) =>
  Config.String(name).pipe(
    Config.withDefault(""),
    Config.map((value) => value.trim() || fallback),
  )
const url = (name: string, fallback: string) =>
  Config.schema(HttpUrl, name).pipe(
    Config.withDefault(""),
    Config.map((value) => value || fallback),
  )
const key = (name: string) => Config.Redacted(name).pipe(Config.withDefault(Redacted.make("")))

const settings = Config.all({
  provider: Config.Literals(["", "anthropic", "openai", "none"], "CI_HEALING_AI_PROVIDER").pipe(Config.withDefault("" as const)),
  anthropic: Config.all({
    apiKey: key("ANTHROPIC_API_KEY"),
    baseUrl: url("ANTHROPIC_BASE_URL", "https://api.anthropic.com"),
    model: text("CLAUDE_DEFAULT_MODEL", "claude-sonnet-5-5"),
  }),
  openai: Config.all({
    apiKey: key("OPENAI_API_KEY"),
    baseUrl: url("OPENAI_BASE_URL", "https://api.openai.com/v1"),
    model: text("OPENAI_DEFAULT_MODEL", "gpt-6.1-sol"),
  }),
  prices: Config.schema(Schema.fromJsonString(Prices), "CI_HEALING_AI_PRICES").pipe(Config.withDefault({})),
  stallMs: ms("CI_HEALING_AI_STALL_TIMEOUT_MS", 60_000),
  timeoutMs: ms("CI_HEALING_AI_TIMEOUT_MS", 600_000),
})

/**
 * The chosen vendor first, the other second when its key is there too; without a choice Anthropic first. A chosen vendor without a
 * key leaves no model at all: what one vendor was meant to see is not shown to the other instead.
 */
export const vendors = Effect.gen(function* () {
  const config = yield* settings
  const order: ReadonlyArray<VendorName> = config.provider === "openai" ? ["openai", "anthropic"] : ["anthropic", "openai"]
  const withKey = order.filter((vendor) => Redacted.value(config[vendor].apiKey).trim() !== "")
  const chosen = config.provider
  if (chosen === "none") return []
  if (chosen !== "" && !withKey.includes(chosen)) {
    yield* Effect.logWarning(`CI_HEALING_AI_PROVIDER is ${chosen}, but its key is not set: going on without a model`)
    return []
  }
  const prices = { ...listPrices, ...config.prices }
  return yield* Effect.forEach(
    withKey,
    Effect.fnUntraced(function* (vendor) {
      const { price, known } = priceOf(config[vendor].model, prices)
      if (!known)
        yield* Effect.logWarning(
          `no price is known for ${config[vendor].model}: billed as $${price.input} and $${price.output} per million tokens (CI_HEALING_AI_PRICES)`,
        )
      return { vendor, settings: { ...config[vendor], price, stallMs: config.stallMs, timeoutMs: config.timeoutMs } }
    }),
  )
})
