import { describe, expect, it } from "vitest"
import { tellingText } from "./telling-text.ts"

const lines = Array.from({ length: 100 }, (_, at) => `line ${at}`)
const text = lines.join("\n")

describe("the telling text of a digest", () => {
  it("is all of it when that is short", () => {
    expect(tellingText({ text, firstError: 90 })).toBe(text)
    expect(tellingText({ text: "" })).toBe("")
  })

  it("begins shortly before the first error when it is long", () => {
    expect(tellingText({ text, firstError: 50 }, 40)).toBe(text.slice(text.indexOf("line 45"), text.indexOf("line 45") + 40))
  })

  it("is never shorter than it may be, nor outside of the text", () => {
    expect(tellingText({ text, firstError: 99 }, 100)).toBe(text.slice(-100))
    expect(tellingText({ text, firstError: 5_000 }, 100)).toBe(text.slice(-100))
    expect(tellingText({ text }, 100)).toBe(text.slice(0, 100))
  })

  it("never holds half a character", () => {
    expect(tellingText({ text: "🔥".repeat(10) }, 5).isWellFormed()).toBe(true)
  })
})
