import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { affordableTokens, cacheWriteRate, costUsd, listPrices, priceOf } from "./price.ts"

describe("prices", () => {
  it.each([
    ["claude-sonnet-5-5", { input: 2, output: 10 }],
    ["claude-opus-5", { input: 5, output: 25 }],
    ["claude-opus-5-5", { input: 4, output: 20 }],
    ["claude-opus-4-5-20251101", { input: 5, output: 25 }],
    ["claude-opus-4-20250514", { input: 15, output: 75 }],
    ["gpt-6.1-sol", { input: 2, output: 10 }],
  ])("knows %s by its longest name", (model, price) => {
    expect(priceOf(model, listPrices)).toEqual({ price, known: true })
  })

  it("bills an unknown model as the dearest, and never takes a cousin's price", () => {
    for (const model of ["llama-9", "claude-opus-4x", "gpt-6.1-solar", ""])
      expect(priceOf(model, listPrices)).toEqual({ price: { input: 15, output: 75 }, known: false })
    expect(priceOf("llama-9", { "*": { input: 0, output: 0 } })).toEqual({ price: { input: 0, output: 0 }, known: false })
    expect(priceOf("llama-9", {}).price.output).toBeGreaterThan(0)
  })

  it("adds up what was billed, cached tokens at their own rates", () => {
    const price = { input: 2, output: 10 }
    expect(costUsd(price, { input: 1_000_000, cacheWrite: 0, cacheRead: 0, output: 100_000 })).toBe(3)
    expect(costUsd(price, { input: 0, cacheWrite: 1_000_000, cacheRead: 1_000_000, output: 0 })).toBe(2.7)
    expect(costUsd(price, { input: 1, cacheWrite: 0, cacheRead: 0, output: 0 })).toBe(0.000_002)
  })

  it("never affords an answer that overdraws the budget", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200_000 }), fc.double({ min: 0, max: 5, noNaN: true }), (prompt, budget) => {
        const price = { input: 2, output: 10 }
        const output = affordableTokens(price, prompt, budget)
        fc.pre(output >= 0)
        expect(costUsd(price, { input: 0, cacheWrite: prompt, cacheRead: 0, output })).toBeLessThanOrEqual(budget + 0.000_001)
        expect(output * price.output + prompt * cacheWriteRate * price.input).toBeLessThanOrEqual(budget * 1_000_000)
      }),
    )
  })

  it("affords any answer of a free model", () => {
    expect(affordableTokens({ input: 0, output: 0 }, 1_000, 0)).toBe(Number.MAX_SAFE_INTEGER)
  })
})
