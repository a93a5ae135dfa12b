import { readdirSync, readFileSync } from "node:fs"
import { Diagnosis } from "@ci-fix-pilot/contract/values"
import { Schema } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { classify, looksLikeInfrastructure } from "./classify.ts"
import { digestText } from "./digest.ts"

const fixtures = new URL("./fixtures/", import.meta.url)
const diagnose = (name: string) => classify(digestText(readFileSync(new URL(`${name}.txt`, fixtures), "utf8")))

const cases: ReadonlyArray<readonly [fixture: string, kind: Diagnosis["kind"], summary: string, files: ReadonlyArray<string>]> = [
  ["ava", "test", "A test fails: adds two numbers", ["at/calc.mjs"]],
  ["biome", "lint", "noUnusedVariables", ["lint-me.js"]],
  ["bun-test", "test", "expect(received).toBe(expected)", ["bt/calc.test.ts"]],
  ["cargo-test", "test", "panicked at src/lib.rs:9:29", ["src/lib.rs"]],
  ["disk-full", "environment", "ENOSPC", []],
  ["docker-limit", "environment", "pull rate limit", []],
  ["esbuild", "compile", 'Could not resolve "./nope.js"', ["imp.js"]],
  ["eslint", "lint", "'unused' is assigned a value but never used", ["lint-me.js"]],
  ["gcc", "compile", "undeclared", ["a.c"]],
  ["github-node-test", "test", "A test fails: adds two numbers — AssertionError", ["nt/calc.test.js"]],
  ["go-build", "compile", "undefined: subtract", ["calc.go"]],
  ["go-panic", "test", "A test fails: FAIL: TestLoad — panic", ["load.go", "load_test.go"]],
  ["go-test", "test", "TestAddsTwoNumbers", ["calc_test.go"]],
  ["javac", "compile", "incompatible types", ["A.java"]],
  ["jest", "test", "arithmetic › adds two numbers", ["jt/calc.test.js"]],
  ["job-timeout", "timeout", "maximum execution time", []],
  ["make", "configuration", "No such file or directory", []],
  ["maven", "test", "expected: <5> but was: <-1>", ["src/test/java/com/example/CalcTest.java"]],
  ["maven-compile", "compile", "incompatible types", ["src/main/java/com/example/Calc.java"]],
  ["mocha", "test", "arithmetic — adds two numbers", ["mt/calc.spec.cjs"]],
  ["network", "environment", "ENOTFOUND", []],
  ["node-heap", "environment", "heap out of memory", []],
  ["node-module-not-found", "compile", "Cannot find module './nope'", []],
  ["node-test-spec", "test", "adds two numbers", ["nt/calc.test.js"]],
  ["node-test-tap", "test", "adds two numbers", ["nt/calc.test.js"]],
  ["npm-404", "dependency", "E404", []],
  ["npm-eresolve", "dependency", "ERESOLVE", []],
  ["prettier", "lint", "calc.js", ["calc.js", "bad.ts"]],
  ["pytest", "test", "Arithmetic.test_adds_two_numbers — AssertionError: -1 != 5", ["test_calc.py", "test_plain.py"]],
  ["pytest-collection", "compile", "cannot import name 'subtract'", ["test_import.py", "calc.py"]],
  ["python-import", "dependency", "No module named 'nope_xyz'", []],
  ["runner-lost", "environment", "shutdown signal", []],
  ["rustc", "compile", "cannot find value", ["src/lib.rs"]],
  ["tap", "test", "adds two numbers", ["nt/calc.test.js"]],
  ["tsc", "compile", "bad.ts(1,57): error TS2322", ["bad.ts"]],
  ["tsc-pretty", "compile", "error TS2322", ["bad.ts"]],
  ["unittest", "test", "FAIL: test_adds_two_numbers", ["test_calc.py"]],
  ["uvu", "test", "adds two numbers", ["ut/calc.js"]],
  ["tape", "test", "A test fails: adds two numbers — the sum is five", ["tt/calc.js"]],
  ["jasmine", "test", "arithmetic adds two numbers — Expected -1 to be 5.", ["spec/calc.spec.js"]],
  ["node-assert", "test", "sum", ["plain.js"]],
  ["standard", "lint", "no-unused-vars", ["lint-me.js"]],
  ["vitest", "test", "arithmetic > adds two numbers", ["vt/calc.test.ts"]],
]

describe("classify", () => {
  it.each(cases)("knows %s", (name, kind, summary, files) => {
    const diagnosis = diagnose(name)
    expect(diagnosis.kind).toBe(kind)
    expect(diagnosis.summary).toContain(summary)
    expect(diagnosis.summary).not.toContain("\n")
    expect(diagnosis.suspectFiles).toStrictEqual(files)
    expect(diagnosis.confidence).toBeGreaterThan(0.5)
    Schema.decodeUnknownSync(Diagnosis)(diagnosis)
  })

  it("is tried with every fixture", () => {
    const names = readdirSync(fixtures).map((name) => name.replace(/\.txt$/, ""))
    expect(cases.map(([name]) => name).sort()).toStrictEqual(names.sort())
  })

  it("says little with little confidence when the log says little", () => {
    expect(classify(digestText("hello\n"))).toMatchObject({ kind: "unknown", confidence: 0.1, suspectFiles: [] })
  })

  it("sees what a test's report is really about", () => {
    const report = (message: string) => classify(digestText(` FAIL  src/a.test.ts > a > b\n${message}\n`)).kind
    expect(report("Error: Test timed out in 5000ms.")).toBe("timeout")
    expect(report("Error: Cannot find module 'left-pad'")).toBe("dependency")
    expect(report("Error: Cannot find module './gone'")).toBe("compile")
    expect(report("AssertionError: expected 1 to be 2")).toBe("test")
  })

  it("finds files under another root, and never outside the repository", () => {
    const log = " FAIL  a > b\nError: x\n    at f (/srv/run-1/lib/x.js:1:1)\n    at g (/etc/passwd.js:1:1)\n    at h (../../up.js:1:1)\n"
    expect(classify(digestText(log), { roots: ["/srv/run-1"] }).suspectFiles).toStrictEqual(["lib/x.js"])
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        for (const path of classify(digestText(`Error: ${text}.js:1:2`)).suspectFiles) expect(path).not.toMatch(/^\/|(?:^|\/)\.\.(?:\/|$)/)
      }),
    )
  })
})

describe("looksLikeInfrastructure", () => {
  it("blames the environment only for the environment's failures", () => {
    for (const [name, kind] of cases) {
      const digest = digestText(readFileSync(new URL(`${name}.txt`, fixtures), "utf8"))
      expect(looksLikeInfrastructure(digest) !== undefined, name).toBe(kind === "environment")
    }
  })

  it("does not take a test that expects a broken connection for a broken network", () => {
    expect(looksLikeInfrastructure(digestText(" FAIL  net.test.ts > retries\nError: connect ECONNRESET 10.0.0.1:80\n"))).toBeUndefined()
  })
})
