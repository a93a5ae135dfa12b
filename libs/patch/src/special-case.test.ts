import { describe, expect, it } from "vitest"
import { judge } from "./judge-fixture.ts"

describe("a special case for the failing input is seen", () => {
  const failure = ['expect(parse("2024-02-30")).toBe("invalid")\nexpect(add(17, 25)).toBe(42)']
  const before = "export function f(a, b) {\n  return compute(a, b)\n}\n"
  it.each([
    ["src/f.js", '  if (a === "2024-02-30") return compute(b, a)'],
    ["src/f.js", "  if (a === 17 && b === 25) return compute(b, a)"],
    ["src/f.js", "  return 42"],
    ["src/f.js", "    case 17:"],
    ["src/f.js", "  const r = a > b ? 42 : compute(a, b)"],
    ["src/f.js", '  if (["2024-02-30"].includes(a)) return x'],
    ["src/f.py", "    if a == 17:"],
    ["src/f.rs", '        "2024-02-30" => compute(a),'],
  ])("%s: %s", (path, line) => {
    const after = before.replace("{\n", `{\n${line}\n`)
    const found = judge(path, before, after, failure).join("\n")
    expect(found).toMatch(/a value of the failing test/)
  })

  it("but not numbers that only say where, how long and how many", () => {
    const digest =
      'not ok 17 - adds (25.5ms)\n    at x (src/f.js:17:25)\n> 17 | f(1)\n42 tests failed\nexit code 42\nFile "f.py", line 17\nf.ts(17,25): error'
    expect(judge("src/f.js", before, before.replace("{\n", "{\n  if (a === 17 || a === 25) return 42\n"), [digest])).toStrictEqual([])
  })

  it("but not values that the code knew, ordinary values, or other ones", () => {
    expect(
      judge("src/f.js", `${before}const known = 42\n`, `${before.replace("compute", "42 || compute")}const known = 42\n`, failure),
    ).toStrictEqual([])
    expect(judge("src/f.js", before, before.replace("{\n", "{\n  if (a === 0) return b\n"), failure)).toStrictEqual([])
    expect(judge("src/f.js", before, before.replace("{\n", '{\n  if (a === "other") return b\n'), failure)).toStrictEqual([])
    expect(judge("test/f.test.js", undefined, "if (a === 17) {}\n", failure)).toStrictEqual([])
  })
})
