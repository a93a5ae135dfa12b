import { readFileSync } from "node:fs"
import { LogDigest } from "@ci-fix-pilot/contract/values"
import { Schema } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { digestText, makeDigester } from "./digest.ts"

const fixture = (name: string): string => readFileSync(new URL(`./fixtures/${name}.txt`, import.meta.url), "utf8")
const firstLine = (digest: typeof LogDigest.Type): string => digest.text.split("\n")[digest.firstError ?? -1] ?? ""

/** Tool, the line the digest must point at, and what else it must quote. */
const cases: ReadonlyArray<readonly [fixture: string, first: RegExp, quotes: ReadonlyArray<string>]> = [
  ["node-test-tap", /not ok 1 - adds two numbers/, ["-1 !== 5", "calc.test.js:5:12"]],
  ["node-test-spec", /nt\/calc\.test\.js:4:11/, ["adds two numbers", "-1 !== 5", "fail 2"]],
  ["github-node-test", /nt\/calc\.test\.js:4:11/, ["$ npm test", "-1 !== 5", "exit code 1"]],
  ["tap", /not ok 1 - adds two numbers/, ["-1 !== 5"]],
  ["vitest", /FAIL {2}vt\/calc\.test\.ts > arithmetic > adds two numbers/, ["expected -1 to be 5", "vt/calc.test.ts:5:23", "1 failed"]],
  ["bun-test", /error: expect\(received\)/, ["Expected: 5", "(fail) arithmetic > adds two numbers", "bt/calc.test.ts:5:23"]],
  ["jest", /● arithmetic › adds two numbers/, ["Expected: 5", "jt/calc.test.js:5:23", "1 failed, 1 passed"]],
  ["mocha", /1\) arithmetic/, ["adds two numbers", "-1 !== 5", "mt/calc.spec.cjs:5:12"]],
  ["ava", /\[fail\]: adds two numbers/, ["- -1", "at/calc.mjs:3"]],
  ["tsc", /bad\.ts\(1,57\): error TS2322/, ["TS2353"]],
  ["tsc-pretty", /bad\.ts:1:57 - error TS2322/, ["Found 2 errors"]],
  ["eslint", /1:7 +error +'unused'/, ["lint-me.js", "3 problems"]],
  ["biome", /lint\/correctness\/noUnusedVariables/, ["Found 1 error"]],
  ["prettier", /\[warn\] calc\.js/, ["[warn] bad.ts"]],
  ["esbuild", /Could not resolve "\.\/nope\.js"/, ["imp.js:1:14"]],
  ["npm-404", /npm error code E404/, ["left-pad-that-does-not-exist-xyz"]],
  ["npm-eresolve", /npm error code ERESOLVE/, ['peer react@"^18.0.0"']],
  ["node-module-not-found", /Error: Cannot find module '\.\/nope'/, []],
  ["node-heap", /heap out of memory/, []],
  ["pytest", /Arithmetic\.test_adds_two_numbers/, ["E       AssertionError: -1 != 5", "test_calc.py:11", "2 failed, 1 passed"]],
  ["pytest-collection", /ERROR collecting test_import\.py/, ["cannot import name 'subtract'", "test_import.py:1"]],
  ["unittest", /FAIL: test_adds_two_numbers/, ["AssertionError: -1 != 5", 'test_calc.py", line 11']],
  ["python-import", /Traceback/, ["No module named 'nope_xyz'"]],
  ["go-test", /--- FAIL: TestAddsTwoNumbers/, ["Add(2, 3) = -1, want 5"]],
  ["go-build", /calc\.go:7:9: undefined: subtract/, ["build failed"]],
  ["go-panic", /--- FAIL: TestLoad/, ["nil pointer dereference", "load.go:9"]],
  ["cargo-test", /tests::adds_two_numbers stdout/, ["src/lib.rs:9:29", "right: 5", "test result: FAILED"]],
  ["rustc", /error\[E0425\]/, ["src/lib.rs:2:41"]],
  ["maven", /addsTwoNumbers.*<<< FAILURE!/, ["expected: <5> but was: <-1>", "CalcTest.java:14"]],
  ["maven-compile", /Calc\.java:\[5,16\]/, ["incompatible types"]],
  ["javac", /A\.java:1: error/, []],
  ["gcc", /a\.c:1:20: error/, []],
  ["make", /No such file or directory/, ["Error 127"]],
  ["uvu", /FAIL {2}"adds two numbers"/, ["++5", "ut/calc.js:3:41"]],
  ["tape", /^# adds two numbers/, ["the sum is five", "tt/calc.js:3:37"]],
  ["jasmine", /1\) arithmetic adds two numbers/, ["Expected -1 to be 5.", "2 specs, 1 failure"]],
  ["node-assert", /AssertionError \[ERR_ASSERTION\]: sum/, ["plain.js:2:8"]],
  ["standard", /lint-me\.js:1:7/, ["no-unused-vars"]],
  ["disk-full", /ENOSPC/, []],
  ["network", /ENOTFOUND/, []],
  ["runner-lost", /shutdown signal/, []],
  ["docker-limit", /toomanyrequests/, []],
  ["job-timeout", /maximum execution time/, []],
]

describe("digestText", () => {
  it.each(cases)("finds the first real error of %s", (name, first, quotes) => {
    const digest = digestText(fixture(name))
    expect(firstLine(digest)).toMatch(first)
    for (const quote of quotes) expect(digest.text).toContain(quote)
    expect(digest.text).not.toContain("\u001b")
    expect(digest.text.length / 4).toBeLessThan(600)
    expect(digest.totalBytes).toBe(Buffer.byteLength(fixture(name)))
  })

  it("prefers the tool's report over noise before and after it", () => {
    const noise = "error: connection lost, retrying\nTypeError: swallowed by a test\n    at x (src/x.js:1:1)\n"
    const digest = digestText(noise.repeat(50) + fixture("vitest") + noise.repeat(50))
    expect(firstLine(digest)).toContain("adds two numbers")
    expect(digest.text).not.toContain("retrying")
  })

  it("quotes the first of many failures in full, two more in short, and counts the rest", () => {
    const failure = (at: number) => `--- FAIL: TestNumber${at} (0.00s)\n    x_test.go:${at}: got ${at}\n${"    detail\n".repeat(60)}FAIL\n`
    const digest = digestText(Array.from({ length: 9 }, (_, at) => failure(at)).join(""))
    expect(digest.text).toContain("TestNumber0")
    expect(digest.text).toContain("TestNumber2")
    expect(digest.text).not.toContain("TestNumber3")
    expect(digest.text).toContain("(6 more like this)")
  })

  it("looks behind a test file that failed as a whole, and leaves out what passed", () => {
    const tap = [
      "TAP version 13",
      "# node:internal/modules/esm/resolve:255",
      "# Error [ERR_MODULE_NOT_FOUND]: Cannot find module '/w/src/gone.js' imported from /w/test/a.test.mjs",
      "# Subtest: /w/test/a.test.mjs",
      "not ok 1 - /w/test/a.test.mjs",
      "  ---",
      "  duration_ms: 270.4",
      "  error: 'test failed'",
      "  ...",
      "ok 2 - passes",
      "  ---",
      "  duration_ms: 1.5",
      "  type: 'test'",
      "  ...",
      "# fail 1",
    ]
    const digest = digestText(tap.join("\n"))
    expect(firstLine(digest)).toContain("Cannot find module")
    expect(digest.text).not.toContain("type: 'test'")
    expect(digest.text).not.toContain("duration_ms")
  })

  it("shows the end of a log that never says what is wrong", () => {
    const digest = digestText(`${"working\n".repeat(500)}all quiet`)
    expect(digest.firstError).toBeUndefined()
    expect(digest.text).toMatch(/working\nall quiet$/)
  })

  it("redacts, also what hides behind colours and invisible characters", () => {
    const digest = digestText("Error: login failed with pass\u200bword=hun\u001b[31mter2 and ghp_abcdefghijklmnopqrstuvwxyz0123456789")
    expect(digest.text).not.toContain("hunter2")
    expect(digest.text).not.toContain("abcdefghij")
    expect(digest.redactions).toBeGreaterThan(0)
  })

  it("fits the contract for any text", () => {
    const line = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom("error TS1: x", "=== FAILURES ===", "FAIL  a > b", "--- FAIL: T", "##[group]Run x", "", "\t"),
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 200 }), (lines) => {
        const digest = digestText(lines.join("\n"))
        Schema.decodeUnknownSync(LogDigest)(digest)
        if (digest.firstError !== undefined) expect(digest.firstError).toBeLessThan(digest.text.split("\n").length)
      }),
    )
    const worst = Array.from(
      { length: 500 },
      (_, at) => `--- FAIL: ${at}${"x".repeat(5_000)}\n${"y".repeat(5_000)}\nFAIL ${at}::${"z".repeat(900)}`,
    )
    Schema.decodeUnknownSync(LogDigest)(digestText(worst.join("\n")))
  })
})

describe("makeDigester", () => {
  it("gives the same digest and the same redacted log however the chunks are cut", () => {
    const log = Buffer.from([fixture("github-node-test"), "token=abcdef1234567890", fixture("pytest"), fixture("vitest")].join("\n"))
    const run = (size: number) => {
      const digester = makeDigester()
      const parts: Array<Uint8Array> = []
      for (let at = 0; at < log.length; at += size) parts.push(digester.push(log.subarray(at, at + size)))
      const { digest, rest } = digester.finish()
      return { digest, text: Buffer.concat([...parts, rest]).toString("utf8") }
    }
    const whole = run(log.length)
    expect(whole.text).toContain("token=[redacted:secret]")
    for (const size of [1, 7, 100, 1_000]) expect(run(size)).toStrictEqual(whole)
  })

  it("keeps its memory bounded for a log without end or line ends", () => {
    const digester = makeDigester()
    const chunk = Buffer.alloc(1_000_000, "error x ")
    const before = process.memoryUsage().arrayBuffers
    let out = 0
    for (let at = 0; at < 60; at += 1) out += digester.push(chunk).length
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000_000)
    const { digest, rest } = digester.finish()
    expect(out + rest.length).toBe(60_000_000)
    expect(digest.text.length).toBeLessThan(24_000)
  })
})
