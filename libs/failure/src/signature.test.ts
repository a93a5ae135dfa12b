import { readFileSync } from "node:fs"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { digestText } from "./digest.ts"
import { computedMs } from "./processor-time.suite.ts"
import { normaliseLine, signatureOf } from "./signature.ts"

const fixture = (name: string): string => readFileSync(new URL(`./fixtures/${name}.txt`, import.meta.url), "utf8")

/** A plain log as GitHub's runner stores it: a timestamp before each line, other steps before and after. */
const asGitHub = (log: string): string => {
  const lines = [
    "##[group]Run actions/checkout@v4",
    "##[endgroup]",
    "npm warn deprecated glob@7: not supported",
    "##[group]Run npm test",
    "shell: /usr/bin/bash -e {0}",
    "##[endgroup]",
    ...log.split("\n"),
    "##[error]Process completed with exit code 1.",
    "Post job cleanup.",
  ]
  return lines.map((line, at) => `2026-11-23T00:00:${String(at % 60).padStart(2, "0")}.1234567Z ${line}`).join("\r\n")
}

const tools = [
  ...["ava", "biome", "bun-test", "cargo-test", "esbuild", "eslint", "gcc", "go-build", "go-panic", "go-test", "javac", "jest", "maven"],
  ...["maven-compile", "mocha", "node-module-not-found", "node-test-spec", "node-test-tap", "npm-404", "npm-eresolve", "prettier"],
  ...["pytest", "pytest-collection", "python-import", "rustc", "tap", "tsc", "tsc-pretty", "unittest", "vitest", "make"],
  ...["uvu", "tape", "jasmine", "node-assert", "standard"],
]

/** The same failure on another machine, later, at other lines. */
const elsewhere = (log: string): string =>
  log
    .replaceAll("/home/runner/work/shop/shop", "/workspace/run-7f3a")
    .replaceAll("/home/runner/work/calc/calc", "/build")
    .replace(/\((\d+(?:\.\d+)?) ?(ms|s)\)/g, "(917.25$2)")
    .replace(/\[\d+\.\d+ms\]/g, "[88.10ms]")
    .replace(/(\.(?:js|ts|mjs|cjs|py|rs|go|java|c)):\d+:\d+/g, "$1:731:42")
    .replace(/(\.(?:ts)\()\d+,\d+/g, "$1731,42")

describe("signatureOf", () => {
  it.each(tools)("is the same for the CI's log and the sandbox's: %s", (tool) => {
    expect(signatureOf(asGitHub(fixture(tool)))).toBe(signatureOf(fixture(tool)))
  })

  it.each(tools)("is the same elsewhere, later, at other lines: %s", (tool) => {
    expect(signatureOf(elsewhere(fixture(tool)))).toBe(signatureOf(fixture(tool)))
  })

  it("tells failures apart, and joins the two reporters of one tool", () => {
    const same = [
      ["node-test-spec", "github-node-test"],
      ["node-test-spec", "node-test-tap"],
      ["node-test-tap", "tap"],
      ["tsc", "tsc-pretty"],
    ]
    for (const [one, other] of same) expect(signatureOf(fixture(one ?? "")), `${one} ${other}`).toBe(signatureOf(fixture(other ?? "")))
    const distinct = tools
      .filter((tool) => !["node-test-tap", "tap", "tsc-pretty"].includes(tool))
      .map((tool) => signatureOf(fixture(tool)))
    expect(new Set(distinct).size).toBe(distinct.length)
  })

  it.each([
    ["node-test-spec", (log: string) => `${log}\n\ntest at nt/other.test.js:9:1\n✖ another (1ms)\n  Error: other\n`],
    ["node-test-tap", (log: string) => log.replace("# tests", "not ok 9 - another\n  ---\n  error: 'other'\n  ...\n# tests")],
    ["mocha", (log: string) => `${log}\n  2) other\n       fails:\n     Error: other\n`],
    ["vitest", (log: string) => `${log.slice(0, log.indexOf("[1/1]"))}\n FAIL  vt/other.test.ts > other\nError: other\n`],
    ["jest", (log: string) => log.replace("Test Suites:", "  ● other › fails\n\n    other\n\nTest Suites:")],
    ["tsc", (log: string) => `${log}other.ts(1,1): error TS1005: ';' expected.\n`],
  ])("is of the first failure, whatever else fails: %s", (tool, further) => {
    const log = fixture(tool)
    expect(further(log)).not.toBe(log)
    expect(signatureOf(further(log))).toBe(signatureOf(log))
  })

  it("is another for another test, another message and another compiler error", () => {
    const spec = fixture("node-test-spec")
    expect(signatureOf(spec.replaceAll("adds two numbers", "adds three numbers"))).not.toBe(signatureOf(spec))
    expect(signatureOf(spec.replaceAll("-1 !== 5", "undefined !== 5"))).not.toBe(signatureOf(spec))
    expect(signatureOf(fixture("tsc").replaceAll("TS2322", "TS2345"))).not.toBe(signatureOf(fixture("tsc")))
  })

  it("takes a digest for the log it was made of", () => {
    for (const tool of tools) expect(signatureOf(digestText(fixture(tool)))).toBe(signatureOf(fixture(tool)))
  })

  it("is 16 hex digits for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(signatureOf(text)).toMatch(/^[0-9a-f]{16}$/)
      }),
    )
  })
})

describe("normaliseLine", () => {
  const number = fc.nat(100_000)
  it("does not see times, durations, positions, directories, ids and ports", () => {
    const line = (a: number, b: number, dir: string, hex: string) =>
      `2026-01-0${(a % 9) + 1}T00:00:00.${b}Z Error: connect ECONNREFUSED 127.0.0.1:${10_000 + (a % 50_000)} at 0x${hex} in ${dir}/server.ts:${a}:${b} after ${a}.${b}ms`
    const dir = fc.constantFrom("/tmp/a", "/home/runner/work/x", "C:\\build", "src/deep/er", ".")
    const hex = fc.nat().map((value) => value.toString(16).padStart(8, "0"))
    fc.assert(
      fc.property(number, number, dir, hex, number, dir, hex, (a, b, one, hexA, c, other, hexB) => {
        expect(normaliseLine(line(a, b, one, hexA))).toBe(normaliseLine(line(c, b, other, hexB)))
      }),
    )
  })

  it("keeps words, error codes and small values", () => {
    expect(normaliseLine("src/a.ts(3,5): error TS2322: Type 'number' is not assignable")).toBe(
      "a.ts: error TS2322: Type 'number' is not assignable",
    )
    expect(normaliseLine("Expected: 5")).not.toBe(normaliseLine("Expected: 6"))
    expect(normaliseLine("error[E0425]: cannot find value `c`")).toContain("E0425")
  })

  it("changes nothing more the second time, and is fast on anything", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(normaliseLine(normaliseLine(text)).length).toBeLessThanOrEqual(normaliseLine(text).length)
      }),
    )
    for (const piece of ["a/", "0", "a.", "- ", "0x", "(1", "tmp", "_", "a-"]) {
      const started = computedMs()
      normaliseLine(piece.repeat(2_000))
      expect(computedMs() - started, piece).toBeLessThan(2_000)
    }
  })
})
