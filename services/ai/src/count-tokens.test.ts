import { describe, expect, it } from "vitest"
import { boundRequest, countTokens } from "./count-tokens.ts"
import type { ModelRequest, Turn } from "./Model.ts"

const request = (...turns: ReadonlyArray<Turn>): ModelRequest => ({ system: "s", turns, tools: [], maxOutputTokens: 1, budgetUsd: 1 })
const question: Turn = { role: "user", text: "x".repeat(10_000) }
const answer: Turn = {
  role: "assistant",
  reply: {
    text: "",
    calls: [],
    stop: "calls",
    usage: { model: "m", inputTokens: 3_000, outputTokens: 500, costUsd: 0 },
    native: { vendor: "v", content: {} },
  },
}

describe("counting tokens", () => {
  it("is on the high side for prose, and never under a text's bytes when money is at stake", () => {
    expect(countTokens("The quick brown fox jumps over the lazy dog")).toBeGreaterThan(9)
    expect(boundRequest(request(question))).toBeGreaterThanOrEqual(10_000)
    expect(boundRequest(request({ role: "user", text: "世".repeat(100) }))).toBeGreaterThanOrEqual(300)
  })

  it("knows what an earlier reply was billed for, and bounds only what came after", () => {
    const results: Turn = { role: "results", results: [{ id: "1", text: "y".repeat(700), isError: false }] }
    expect(boundRequest(request(question, answer, results))).toBe(3_500 + 700 + 16)
  })
})
