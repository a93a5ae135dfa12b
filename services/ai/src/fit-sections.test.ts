import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { countTokens } from "./count-tokens.ts"
import { cutToFit, fitSections } from "./fit-sections.ts"

const lines = (count: number) => Array.from({ length: count }, (_, at) => `line ${at}`).join("\n")

describe("fitting sections into a budget", () => {
  it("leaves a text that fits alone", () => {
    expect(cutToFit("short", 100, 0)).toBe("short")
  })

  it("keeps the lines around the focus and says how many are missing", () => {
    const cut = cutToFit(lines(1_000), 200, 500) ?? ""
    expect(cut).toContain("line 500\n")
    expect(cut).toMatch(/^\[\.\.\. \d+ lines left out \.\.\.\]\n/u)
    expect(cut).toMatch(/\n\[\.\.\. \d+ lines left out \.\.\.\]$/u)
    const kept = cut.split("\n").length - 2
    const missing = [...cut.matchAll(/\[\.\.\. (\d+) lines/gu)].reduce((sum, [, count]) => sum + Number(count), 0)
    expect(kept + missing).toBe(1_000)
  })

  it("cuts lines that are too long for any budget", () => {
    expect(cutToFit("x".repeat(100_000), 400, 0)).toContain("[...]")
  })

  it("drops a section rather than show a crumb of it", () => {
    expect(cutToFit(lines(1_000), 20, 0)).toBeUndefined()
  })

  it("gives what one section does not use to the next", () => {
    const fitted = fitSections(
      [
        { name: "small", share: 0.5, text: "tiny" },
        { name: "large", share: 1, text: lines(1_000) },
        { name: "late", share: 1, text: lines(1_000) },
      ],
      1_000,
    )
    expect(fitted.slice(0, 2).map(({ name, cut }) => [name, cut])).toEqual([
      ["small", false],
      ["large", true],
    ])
    expect(countTokens(fitted[1]?.text ?? "")).toBeGreaterThan(800)
  })

  it("never exceeds its budget", () => {
    const greedy = [1, 2, 3].map((at) => ({ name: `${at}`, share: 1, text: lines(1_000) }))
    expect(fitSections(greedy, 1_000).reduce((sum, { text }) => sum + countTokens(text), 0)).toBeLessThanOrEqual(1_000)
    const section = fc.record({
      name: fc.string(),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      text: fc.string({ unit: "binary", maxLength: 3_000 }),
      focus: fc.nat(50),
    })
    fc.assert(
      fc.property(fc.array(section, { maxLength: 6 }), fc.integer({ min: 0, max: 2_000 }), (sections, budget) => {
        const used = fitSections(sections, budget).reduce((sum, { text }) => sum + countTokens(text), 0)
        expect(used).toBeLessThanOrEqual(budget)
      }),
    )
  })
})
