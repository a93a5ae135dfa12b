/** What models cost, and how much of an answer a budget pays for. */
import { Schema } from "effect"

/** US dollars per million tokens. */
export const Price = Schema.Struct({ input: Schema.Finite, output: Schema.Finite })
export type Price = typeof Price.Type
/** Prices by model name or prefix of it; `*` is for models that no other entry names. */
export const Prices = Schema.Record(Schema.String, Price)
export type Prices = typeof Prices.Type

/**
 * The vendors' list prices of November 2026 (https://platform.claude.com/docs/en/about-claude/pricing,
 * https://developers.openai.com/api/docs/pricing) for prompts of up to 100,000 tokens: ours are never longer.
 * A model that is not here is billed at `*`, which is as dear as any, so that a budget is never overdrawn for want of a price.
 */
export const listPrices: Prices = {
  "claude-fable-5": { input: 10, output: 50 },
  "claude-mythos-5": { input: 10, output: 50 },
  "claude-opus-5-5": { input: 4, output: 20 },
  "claude-opus-5": { input: 5, output: 25 },
  "claude-opus-4-8": { input: 5, output: 25 },
  "claude-opus-4-7": { input: 5, output: 25 },
  "claude-opus-4-6": { input: 5, output: 25 },
  "claude-opus-4-5": { input: 5, output: 25 },
  "claude-opus-4": { input: 15, output: 75 },
  "claude-sonnet-5": { input: 2, output: 10 },
  "claude-sonnet-4": { input: 3, output: 15 },
  "claude-haiku-5-5": { input: 0.1, output: 0.5 },
  "claude-haiku-4-5": { input: 1, output: 5 },
  "gpt-6-astra": { input: 10, output: 50 },
  "gpt-6.1-sol": { input: 2, output: 10 },
  "gpt-6.1-terra": { input: 1, output: 5 },
  "gpt-6-sol": { input: 2, output: 10 },
  "gpt-6-luna": { input: 0.1, output: 0.5 },
  "gpt-5.6-sol": { input: 4, output: 20 },
  "gpt-5.6-terra": { input: 2, output: 12 },
  "gpt-5.6-luna": { input: 0.2, output: 1.2 },
  "*": { input: 15, output: 75 },
}

const dearest: Price = { input: 15, output: 75 }

/** The entry with the longest name that is the model's own or is followed by a dash in it; `*` otherwise. */
export const priceOf = (model: string, prices: Prices): { readonly price: Price; readonly known: boolean } => {
  const names = Object.keys(prices).filter((name) => model === name || model.startsWith(`${name}-`))
  const name = names.reduce((longest, each) => (each.length > longest.length ? each : longest), "")
  const price = prices[name]
  return price === undefined ? { price: prices["*"] ?? dearest, known: false } : { price, known: true }
}

/** Tokens as they are billed. Cached ones are billed at other rates than the rest of the input. */
export interface Tokens {
  readonly input: number
  readonly cacheWrite: number
  readonly cacheRead: number
  readonly output: number
}

/** Writing to the prompt cache costs a quarter more than plain input, reading from it a tenth (Anthropic's five-minute cache). */
export const cacheWriteRate = 1.25
const cacheReadRate = 0.1

/** US dollars, rounded up to a millionth. */
export const costUsd = (price: Price, tokens: Tokens): number => {
  const input = tokens.input + tokens.cacheWrite * cacheWriteRate + tokens.cacheRead * cacheReadRate
  // Rounded before it is rounded up: a sum such as 3.0000000000000004 is 3 millionths, not 4.
  return Math.ceil(Number((input * price.input + tokens.output * price.output).toFixed(6))) / 1_000_000
}

/** How many tokens of answer the budget pays for after a prompt of so many; may be negative. A free model answers without end. */
export const affordableTokens = (price: Price, promptTokens: number, budgetUsd: number): number => {
  const left = budgetUsd * 1_000_000 - promptTokens * cacheWriteRate * price.input
  return price.output > 0 ? Math.floor(left / price.output) : left >= 0 ? Number.MAX_SAFE_INTEGER : -1
}
