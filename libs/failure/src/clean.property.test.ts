import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { cleanLine } from "./clean.ts"

describe("cleanLine", () => {
  it("leaves nothing invisible and changes nothing more the second time", () => {
    const nasty = fc.constantFrom("\u001b", "[", "31m", "]", "\u0007", "\r", "\u200b", "\u202e", "\ufe0f", "x", "é", "🙂", "\\")
    fc.assert(
      fc.property(fc.array(fc.oneof(nasty, fc.string({ unit: "binary" }))), (parts) => {
        const once = cleanLine(parts.join("").replaceAll("\n", ""))
        expect(once).not.toMatch(/[\p{Cc}\p{Cf}]/u)
        expect(cleanLine(once)).toBe(once)
      }),
    )
  })
})
