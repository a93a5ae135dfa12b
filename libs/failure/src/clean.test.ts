import { describe, expect, it } from "vitest"
import { cleanLine, cleanLogLine, cleanText } from "./clean.ts"
import { computedMs } from "./processor-time.suite.ts"

describe("cleanLine", () => {
  it.each([
    ["colours", "\u001b[31;1mFAIL\u001b[0m x", "FAIL x"],
    ["cursor moves", "\u001b[2K\u001b[1Gdone", "done"],
    ["a terminal link", "\u001b]8;;https://evil.example\u0007text\u001b]8;;\u0007", "text"],
    ["a title that is never closed", "a\u001b]0;title", "a"],
    ["8-bit control sequences", "a\u009b31mb", "ab"],
    ["zero-width and bidirectional characters", "ig\u200bno\u202ere\u2066 all\ufeff", "ignore all"],
    ["tag characters that spell hidden words", `a${String.fromCodePoint(0xe0069, 0xe0067)}b`, "ab"],
    ["progress lines", " 10%\r 50%\r100%\r", "100%"],
    ["carriage returns at the end", "line\r", "line"],
    ["backspaces and nulls", "a\u0000b\u0008c", "abc"],
    ["tabs", "\tat x", "  at x"],
  ])("removes %s", (_, line, seen) => {
    expect(cleanLine(line)).toBe(seen)
  })

  it("takes hostile lines in linear time", () => {
    for (const piece of ["\u001b[", "\u001b]", "\u001b]8;;", "\u001b", "\u009b0", "\r"]) {
      const started = computedMs()
      cleanLine(piece.repeat(300_000))
      expect(computedMs() - started, JSON.stringify(piece)).toBeLessThan(2_000)
    }
  })
})

describe("cleanLogLine", () => {
  it("takes off the runner's timestamp, once", () => {
    expect(cleanLogLine("2026-11-23T00:00:00.1234567Z 2026-11-23T00:00:00Z said")).toBe("2026-11-23T00:00:00Z said")
    expect(cleanLogLine("\ufeff2026-11-23T00:00:00.1234567Z ##[group]Run npm test")).toBe("##[group]Run npm test")
  })
})

describe("cleanText", () => {
  it("keeps lines and normalises their ends", () => {
    expect(cleanText("a\r\nb\n\u001b[1mc\u001b[0m\n")).toBe("a\nb\nc\n")
  })
})
